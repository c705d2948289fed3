"""How many faces are found, and how well people are told apart: in a folder of photos and in worse copies of them.

The folder is either people/NAME/*, groups/* and hard/*, or what `make` unpacks: portraits/NAME*.jpg and scenes/*. A
picture of people/, portraits/ or hard/ is taken to have one face; another number is told by a file faces.json beside
the folders, such as {"groups/beach.jpg": 7}. A picture elsewhere of which it says nothing is taken to have the faces
that are found in it: look at it. In copies a face has to be where it was in the original.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from copies import COPIES, Copy
from onlooker_rekognition.vision import Engine, FaceAnalysis, Image, ModelStore, similarity
from onlooker_rekognition.weights.lock import default_cache

_LONGEST = 2048  # as large as a JPEG is decoded
_SUFFIXES = {".jpg", ".jpeg", ".png"}
_EXPECTED = {"people": 1, "portraits": 1, "hard": 1, "scenes": 0}
_WITH_A_FACE = {"scenes/astronaut.png": 1}
_NAMELESS = "partly"  # portraits that show too little of a face to tell whose it is
_SAME_PLACE = 0.2  # of the union of two boxes; a turned face's upright box is a rough one
THRESHOLD = 80.0


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of the folder. `person` is whose face its largest is, `expected` how many it has, if that is known."""

    group: str
    original: Copy
    expected: int | None
    person: str | None


@dataclass(slots=True)
class Tally:
    """What was found of what there is."""

    faces: int = 0
    found: int = 0
    false: int = 0

    def __str__(self) -> str:
        return f"{self.found}/{self.faces}" + (f" + {self.false} false" if self.false else "")


def main(photos: Path) -> None:
    """Print one row for the originals and one for each kind of copy."""
    cv2.setNumThreads(1)
    engine = Engine(ModelStore(default_cache()))
    album = [_with_faces(photo, engine) for photo in _read(photos)]
    groups = list(dict.fromkeys(photo.group for photo in album))
    columns = [f"{group}/" for group in groups] + ["pairs", "ROC area", "false match", "false non-match"]
    print(f"Faces found of those there are, and pairs of people at a similarity of {THRESHOLD:.0f}: {photos}")
    print(f"{'':16}" + "".join(f"{column:>17}" for column in columns))
    for name, make in COPIES.items():
        tallies = {group: Tally() for group in groups}
        known: list[tuple[str, FaceAnalysis]] = []
        for photo in album:
            copy = make(photo.original)
            found = engine.detect_faces(Image(copy.pixels), attributes=False, embeddings=True)
            expected = photo.expected if name == "originals" else None
            matched = _count(tallies[photo.group], copy, found, expected)
            if photo.person and matched:
                known.append((photo.person, found[0]))
        cells = [*map(str, tallies.values()), *_pairs(known)]
        print(f"{name:16}" + "".join(f"{cell:>17}" for cell in cells))


def _read(folder: Path) -> Iterable[Photo]:
    """The folder's pictures, without their faces. Raises SystemExit if there are none."""
    told = json.loads(path.read_text()) if (path := folder / "faces.json").exists() else {}
    expected = _WITH_A_FACE | told
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not paths:
        raise SystemExit(f"{folder} has no pictures.")
    for path in paths:
        name = path.relative_to(folder)
        group = name.parts[0] if len(name.parts) > 1 else "."
        pixels = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        ratio = min(1.0, _LONGEST / max(pixels.shape[:2]))
        pixels = cv2.resize(pixels, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
        yield Photo(
            group, Copy(pixels, np.zeros((0, 4))), expected.get(name.as_posix(), _EXPECTED.get(group)), _person(name)
        )


def _person(name: Path) -> str | None:
    if name.parts[0] == "people" and len(name.parts) > 2:
        return name.parts[1]
    if name.parts[0] == "portraits" and not name.stem.startswith(_NAMELESS):
        return name.stem.split("-")[0]
    return None


def _with_faces(photo: Photo, engine: Engine) -> Photo:
    found = engine.detect_faces(Image(photo.original.pixels), attributes=False)
    return Photo(photo.group, Copy(photo.original.pixels, _boxes(photo.original, found)), photo.expected, photo.person)


def _boxes(copy: Copy, found: Iterable[FaceAnalysis]) -> np.ndarray:
    """The faces' boxes (n, 4) in pixels."""
    height, width = copy.pixels.shape[:2]
    ratios = [(b.left, b.top, b.left + b.width, b.top + b.height) for b in (face.box for face in found)]
    return np.array(ratios).reshape(-1, 4) * (width, height, width, height)


def _count(tally: Tally, copy: Copy, found: tuple[FaceAnalysis, ...], expected: int | None) -> bool:
    """Adds a picture to the tally; says whether its largest face was found as the largest."""
    places = _boxes(copy, found)
    taken: set[int] = set()
    first = False
    for index, face in enumerate(copy.faces):
        shares = [0.0 if place in taken else _share(face, box) for place, box in enumerate(places)]
        if shares and max(shares) > _SAME_PLACE:
            taken.add(int(np.argmax(shares)))
            first |= index == 0 and 0 in taken
    there = len(copy.faces) if expected is None else expected
    tally.faces += there
    tally.found += min(len(taken), there)
    tally.false += len(found) - min(len(taken), there)
    return first


def _share(first: np.ndarray, second: np.ndarray) -> float:
    """What two boxes have in common, of their union."""
    sides = np.clip(np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2]), 0, None)
    areas = np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2])
    return float(np.prod(sides) / (areas - np.prod(sides)))


def _pairs(known: list[tuple[str, FaceAnalysis]]) -> list[str]:
    """How many pairs there are, the area under the ROC curve, false matches and false non-matches."""
    alike: dict[bool, list[float]] = {True: [], False: []}
    for (person, face), (other, another) in combinations(known, 2):
        alike[person == other].append(float(similarity(face.embedding, another.embedding[None])[0]))
    same, different = np.array(alike[True]), np.array(alike[False])
    if not (len(same) and len(different)):
        return [f"{len(same)} + {len(different)}", "-", "-", "-"]
    area = np.mean((same[:, None] > different) + (same[:, None] == different) / 2)
    return [
        f"{len(same)} + {len(different)}",
        f"{area:.4f}",
        str(int(np.sum(different >= THRESHOLD))),
        str(int(np.sum(same < THRESHOLD))),
    ]
