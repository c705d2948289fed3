"""The stores of the Rekognition server, and faces to be put into them."""

import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

from onlooker_rekognition.store import FaceModel, NewFace, Picture, Store, StoredFace
from onlooker_rekognition.stores.postgres import PostgresStore
from onlooker_rekognition.stores.sqlite import SqliteStore
from onlooker_rekognition.vision.results import Box
from postgres import Postgres
from rekognition_fakes import embedding_of

MODEL = FaceModel("model-1", "7.0")
NEXT_MODEL = FaceModel("model-2", "8.0")


class Place(Protocol):
    """Where a store keeps what it keeps, however often it is opened."""

    def open(self, model: FaceModel = MODEL) -> Store:
        """The store; closed with the test, if not before."""

    def pass_time(self, seconds: float) -> None:
        """What is kept becomes that much older."""


class SqlitePlace:
    def __init__(self, folder: Path, closing_all: ExitStack) -> None:
        self.file = folder / "collections.sqlite3"
        self._closing_all = closing_all
        self._passed = 0.0

    def open(self, model: FaceModel = MODEL) -> SqliteStore:
        store = SqliteStore(self.file, model=model, clock=lambda: time.time() + self._passed)
        return self._closing_all.enter_context(closing(store))

    def pass_time(self, seconds: float) -> None:
        self._passed += seconds


class PostgresPlace:
    def __init__(self, server: Postgres, closing_all: ExitStack) -> None:
        self.server = server
        self.url = server.create_schema()
        self._closing_all = closing_all

    def open(self, model: FaceModel = MODEL) -> PostgresStore:
        return self._closing_all.enter_context(closing(PostgresStore(self.url, model=model)))

    def pass_time(self, seconds: float) -> None:
        self.server.execute(
            f"UPDATE answers SET answered_at = answered_at - make_interval(secs => {seconds})", url=self.url
        )


PLACES_OF_MANY_SERVERS = (PostgresPlace,)

NOWHERE = "11111111-1111-4111-8111-111111111111"
"""An id that no face has."""


def face(person: int, variant: int = 0, *, left: float = 0.1, chip: bytes | None = None) -> NewFace:
    """Faces of one person are alike, those of two are not."""
    return NewFace(Box(left, 0.1, 0.2, 1 / 3), 99.9, embedding_of(person, variant), chip)


def picture(name: str, external_image_id: str | None = None) -> Picture:
    return Picture(f"picture-{name}", external_image_id)


def add(store: Store, *faces: NewFace, name: str = "one") -> list[StoredFace]:
    """Keep faces of one picture, each in a place of its own."""
    placed = [
        NewFace(Box(number / 100, one.box.top, one.box.width, one.box.height), one.confidence, one.embedding, one.chip)
        for number, one in enumerate(faces)
    ]
    return store.add("people", picture(name), placed)


def ids(faces: list[StoredFace]) -> list[str]:
    return [one.face_id for one in faces]
