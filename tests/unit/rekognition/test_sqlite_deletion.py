"""What was deleted is gone from the file, and not only from the tables."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from onlooker_rekognition.store import FaceModel, NewFace, Picture
from onlooker_rekognition.stores.sqlite import SqliteStore
from onlooker_rekognition.vision.results import Box

FACES = 50


@pytest.mark.parametrize("what", ["faces", "collection"])
def test_nothing_of_a_deleted_face_is_left_on_the_disk(tmp_path: Path, what: str) -> None:
    chance = np.random.default_rng(0)
    faces = [
        NewFace(Box(number, 0, 1, 1), 99, chance.random(128, np.float32), chance.bytes(13_000))
        for number in range(FACES)
    ]
    path = tmp_path / "collections.sqlite3"
    with closing(SqliteStore(path, model=FaceModel("some-network-1", "1.0"))) as store:
        store.create("people", {})
        kept = store.add("people", Picture("a", None), faces)
    assert all(trace in path.read_bytes() for trace in map(_trace, faces))
    with closing(SqliteStore(path, model=FaceModel("some-network-1", "1.0"))) as store:
        if what == "faces":
            store.remove("people", [face.face_id for face in kept])
        else:
            store.delete("people")
    assert not any(trace in path.read_bytes() for trace in map(_trace, faces))
    assert not any(face.chip[:1_000] in path.read_bytes() for face in faces)


def _trace(face: NewFace) -> bytes:
    return face.embedding.tobytes()[:64]
