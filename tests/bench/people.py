"""How well people are told, and what it costs in time: with the real local Rekognition server, past the queue.

The folder has people/NAME/* (their largest face is NAME's) and groups/*; or it is what `make` unpacks: portraits/NAME*.
Who is in a group is told by a file who.json beside the folders, such as {"groups/beach.jpg": ["alice", "bob"]}; of
others it is printed who is named, to be looked at.
"""

import json
import os
import random
import statistics
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from emulator import aws_environment, running_emulator
from onlooker_recognizer.originals import Originals
from onlooker_recognizer.permissions import Permissions
from onlooker_recognizer.pictures import Pictures
from onlooker_recognizer.questions import Questions
from onlooker_recognizer.recognizing import Recognized, Recognizing
from onlooker_recognizer.rekognition import Rekognition
from onlooker_shared.aws import Aws
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import Face, Feature
from onlooker_shared.settings import CommonSettings
from people_stage import PeopleStage, people_of
from recognitions import an_image
from recognizer_stage import provisioned
from rekognition_server import REAL, running_server

SUFFIXES = {".jpg", ".jpeg", ".png"}
NAMELESS = "partly"
"""Portraits that show too little of a face to tell whose it is."""
ROUNDS = 15
"""Times that a picture is recognized with people and without."""
HEIGHT = 640
"""Pixels of the picture with three faces."""

Album = Mapping[str, Sequence[Path]]
"""Pictures by person."""


@dataclass
class Tally:
    """How often the right one was named, or another, or nobody."""

    right: list[float] = field(default_factory=list)
    """The similarities."""
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def count(self, face: Face, name: str, what: str) -> None:
        """Count a face that is somebody's."""
        if face.person is None:
            self.missed.append(f"missed: {what}: {_candidates(face)}")
        elif face.person.name != name:
            self.wrong.append(f"wrong: {what}: {face.person.name} {face.person.similarity:.1f}")
        else:
            self.right.append(face.person.similarity)

    def tell(self) -> None:
        """Print it."""
        trials = len(self.right) + len(self.wrong) + len(self.missed)
        print(f"people    one picture each: {trials} identified, {len(self.wrong)} wrong, {len(self.missed)} missed")
        if self.right:
            print(f"people    similarity: least {min(self.right):.1f}, median {statistics.median(self.right):.1f}")
        for line in (*self.wrong, *self.missed):
            print(f"people      {line}")


async def main(photos: Path) -> None:
    """Print what is right and wrong, and the ratio of times."""
    album, groups = _album(photos), sorted(_pictures(photos / "groups"))
    with _servers():
        async with Aws(CommonSettings()) as aws:
            await _known(aws, album)
            await _groups(aws, album, groups, photos)
            await _strangers(aws, album)
            await _times(aws, album)


async def _known(aws: Aws, album: Album) -> None:
    """Enrol one picture of each and identify all others; each picture is the enrolled one once."""
    tally = Tally()
    for turn in range(max(map(len, album.values()))):
        async with _people(aws) as here:
            enrolled = {name: paths[turn % len(paths)] for name, paths in album.items()}
            for name, path in enrolled.items():
                await here.enrol(name, path.read_bytes())
            others = [(who, path) for who in album for path in album[who] if path != enrolled[who]]
            for name, path in (each for each in others if turn < len(album[each[0]])):
                face = (await _faces(here, path.read_bytes()))[0]
                tally.count(face, name, f"{path.parent.name}/{path.name} by {enrolled[name].name}")
    tally.tell()


async def _groups(aws: Aws, album: Album, groups: Sequence[Path], photos: Path) -> None:
    """Enrol one picture of each and name everybody in groups."""
    told = json.loads(path.read_text()) if (path := photos / "who.json").exists() else {}
    async with _people(aws) as here:
        for name, paths in album.items():
            await here.enrol(name, paths[0].read_bytes())
        for path in groups:
            faces = await _faces(here, path.read_bytes())
            named = sorted(face.person.name for face in faces if face.person)
            who = ", ".join(f"{face.person.name} {face.person.similarity:.1f}" for face in faces if face.person)
            expected = told.get(path.relative_to(photos).as_posix())
            verdict = "" if expected is None else " right" if sorted(expected) == named else f" WRONG, not {expected}"
            print(f"people    {path.name}: {len(faces)} faces, {who or 'nobody'}{verdict}")
            for face in faces:
                if face.candidates:
                    print(f"people      candidates: {_candidates(face)}")


async def _strangers(aws: Aws, album: Album) -> None:
    """Identify all pictures with nobody enrolled, in an order of chance."""
    pictures = [(name, path) for name, paths in album.items() for path in paths]
    random.Random(7).shuffle(pictures)
    with _environment(ONLOOKER_RECOGNIZER_UNKNOWN="remember"):
        async with _people(aws) as here:
            clusters: defaultdict[str, list[str]] = defaultdict(list)
            for name, path in pictures:
                face = (await _faces(here, path.read_bytes()))[0]
                clusters[face.person.name if face.person else "nobody"].append(name)
    mixed = sum(len(set(names)) > 1 for names in clusters.values())
    most = max(sum(name in names for names in clusters.values()) for name in album)
    print(f"people    strangers: {len(album)} people, {len(clusters)} clusters, {mixed} mixed, at most {most} a person")
    for cluster, names in sorted(clusters.items()):
        print(f"people      {cluster}: {', '.join(sorted(names))}")


async def _times(aws: Aws, album: Album) -> None:
    """Recognize a picture with three faces with people and without, turn by turn."""
    names = list(album)[:3] if len(album) > 2 else [*album, *album][:3]
    picture = _beside([album[name][number // len(album)] for number, name in enumerate(names)])
    with_people: tuple[Feature, ...] = ("faces", "labels", "people")
    taken: dict[bool, list[float]] = {False: [], True: []}
    async with _people(aws) as here:
        for name in set(names):
            await here.enrol(name, album[name][-1].read_bytes())
        with Pictures(max_pixels=10**8, inline_bytes=10**7, threads=2) as pictures:
            recognizing = {
                people: await _recognizing(here, pictures, with_people if people else with_people[:2])
                for people in (False, True)
            }
            for number in range(2 * (ROUNDS + 1)):
                people = bool(number % 2)
                data = _unlike(picture, number)
                began = time.perf_counter()
                made = await _recognize(recognizing[people], an_image(content=str(number)), data)
                taken[people].append(time.perf_counter() - began)
    without, including = (statistics.median(taken[people][1:]) for people in (False, True))  # the first one warms up
    print(f"people    {len(made.result.recognition.faces)} faces: {without * 1000:.0f} ms without people")
    print(f"people    {len(made.sightings)} named: {including * 1000:.0f} ms with people")
    print(f"people    ratio            {including / without:6.2f}   (at most 1.40)")


async def _recognizing(here: PeopleStage, pictures: Pictures, features: Sequence[Feature]) -> Recognizing:
    client = await here.stage.aws.client("rekognition")
    questions = Questions(max_labels=10, min_confidence=55)
    return Recognizing(
        originals=Originals(await here.stage.aws.client("s3"), max_bytes=10**8),
        pictures=pictures,
        rekognition=Rekognition(here.calls, questions=questions, permissions=Permissions(client, {})),
        features=features,
        identifying=here.parts.identifying,
        clock=lambda: datetime.now(UTC),
    )


async def _recognize(recognizing: Recognizing, image: ImageRef, data: bytes) -> Recognized:
    return await recognizing.result(await recognizing.find(image, data, started_at=datetime.now(UTC)), None)


async def _faces(here: PeopleStage, data: bytes) -> Sequence[Face]:
    """The faces of a picture, largest first."""
    with Pictures(max_pixels=10**8, inline_bytes=10**7, threads=1) as pictures:
        recognizing = await _recognizing(here, pictures, ("faces", "people"))
        image = an_image(content=uuid.uuid4().hex)
        made = await _recognize(recognizing, image, data)
    await here.parts.sightings.settle(image.image_id, made.sightings)
    return made.result.recognition.faces


def _candidates(face: Face) -> str:
    return ", ".join(f"{each.name} {each.similarity:.1f}" for each in face.candidates) or "nobody"


@asynccontextmanager
async def _people(aws: Aws) -> AsyncIterator[PeopleStage]:
    """An installation with nobody in it."""
    async with people_of(await provisioned(aws)) as here:
        yield here


@contextmanager
def _servers() -> Iterator[None]:
    """The emulator and the Rekognition server, with the AWS variables set for them."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        running_emulator(Path(scratch) / "emulator") as emulator,
        running_server(REAL, Path(scratch) / "rekognition", environment=emulator.environment) as server,
        aws_environment(emulator),
        _environment(AWS_ENDPOINT_URL_REKOGNITION=server.url),
    ):
        yield


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({} if value is None else {name: value})


def _album(photos: Path) -> Album:
    """Raises SystemExit if nobody has two pictures."""
    album: defaultdict[str, list[Path]] = defaultdict(list)
    for path in sorted(_pictures(photos / "people")):
        album[path.parent.name].append(path)
    if not album:
        for path in sorted(_pictures(photos / "portraits")):
            if not path.stem.startswith(NAMELESS):
                album[path.stem.split("-")[0]].append(path)
    if max(map(len, album.values()), default=0) < 2:
        raise SystemExit(f"{photos} has nobody twice: people/NAME/*.jpg is expected, or portraits/NAME*.jpg.")
    return album


def _pictures(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def _beside(paths: Sequence[Path]) -> bytes:
    """Three portraits as one picture of a camera's quality."""
    parts = []
    for path in paths:
        with Image.open(path) as opened:
            parts.append(opened.convert("RGB").resize((round(opened.width * HEIGHT / opened.height), HEIGHT)))
    whole = Image.new("RGB", (sum(part.width for part in parts), HEIGHT))
    for number, part in enumerate(parts):
        whole.paste(part, (sum(before.width for before in parts[:number]), 0))
    out = BytesIO()
    whole.save(out, "JPEG", quality=92)
    return out.getvalue()


def _unlike(jpeg: bytes, number: int) -> bytes:
    """The same picture with a comment: other bytes, which nothing has seen before."""
    comment = f"{number}".encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]
