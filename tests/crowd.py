"""Many different small pictures of a face, made from one portrait: the load of the tests that kill things."""

import io
from pathlib import Path

from PIL import Image, ImageDraw

SIDE = 240
"""Pixels: small, so that the models' time does not drown what is tested."""


def crowd(portrait: Path, folder: Path, count: int) -> list[Path]:
    """Write `count` pictures, no two with the same bytes; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(portrait) as original:
        original.draft("RGB", (SIDE, SIDE))
        small = original.convert("RGB").resize((SIDE, SIDE))
    paths = []
    for number in range(count):
        picture = small.copy()
        ImageDraw.Draw(picture).text((2, 2), str(number), fill="white")
        data = io.BytesIO()
        picture.save(data, "JPEG", quality=85)
        path = folder / f"{number:04}.jpg"
        path.write_bytes(data.getvalue())
        paths.append(path)
    return paths
