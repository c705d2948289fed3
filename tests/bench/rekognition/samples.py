"""Pictures of one face, as a program would send them: JPEGs of 1,024 pixels, no two with the same bytes."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import cv2

from onlooker_rekognition.vision import Engine
from onlooker_rekognition.vision.image import Image, Pixels

_SUFFIXES = {".jpg", ".jpeg", ".png"}
_LONGEST = 1024
_MOST = 8  # originals; they are repeated, each time with another mark


def one_face(photos: Path, engine: Engine) -> list[Pixels]:
    """Up to eight pictures (RGB) of the folder in which the engine finds exactly one face. Raises SystemExit."""
    found: list[Pixels] = []
    for path in sorted(path for path in photos.rglob("*") if path.suffix.lower() in _SUFFIXES):
        pixels = _read(path)
        if len(engine.detect_faces(Image(pixels), attributes=False)) == 1:
            found.append(pixels)
        if len(found) == _MOST:
            break
    if not found:
        raise SystemExit(f"{photos} has no picture of one face")
    return found


def jpegs(originals: list[Pixels]) -> Iterator[bytes]:
    """JPEGs of the pictures in turn, for ever; a server that remembers a picture has never seen the next one."""
    for number, original in enumerate(itertools.cycle(originals)):
        picture = cv2.cvtColor(original, cv2.COLOR_RGB2BGR)
        cv2.putText(picture, str(number), (2, 12), cv2.FONT_HERSHEY_PLAIN, 0.7, (255, 255, 255))
        yield cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


def _read(path: Path) -> Pixels:
    picture = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    ratio = min(1.0, _LONGEST / max(picture.shape[:2]))
    return cv2.resize(picture, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
