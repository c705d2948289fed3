"""Faces that nobody has: embeddings that lie as those of people do, and embeddings that lie as nothing does."""

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

from onlooker_rekognition.__main__ import FACE_MODEL
from onlooker_rekognition.stores.sqlite import SqliteStore

DIMENSIONS = 128
FACES_EACH = 5
_LENGTH, _APART, _ALIKE = 1.17, 0.57, 0.28
"""As the network places faces: all about 1.3 from the origin, two people 0.8 apart or more, one person's faces 0.4."""

_PORTION = 50_000

Matrix = npt.NDArray[np.float32]


def people(count: int, queries: int) -> tuple[Matrix, Matrix]:
    """Five faces of each person, and `queries` faces more of some of them."""
    chance = np.random.default_rng(0)
    mean = chance.normal(size=DIMENSIONS)
    mean *= _LENGTH / np.linalg.norm(mean)
    centers = mean + _cloud(chance, -(-count // FACES_EACH), _APART)
    faces = np.empty((count, DIMENSIONS), np.float32)
    for start in range(0, count, _PORTION):
        rows = np.arange(start, min(count, start + _PORTION))
        faces[rows] = centers[rows // FACES_EACH] + _cloud(chance, len(rows), _ALIKE)
    asked = centers[chance.integers(len(centers), size=queries)] + _cloud(chance, queries, _ALIKE)
    return faces, asked.astype(np.float32)


def noise(count: int, queries: int) -> tuple[Matrix, Matrix]:
    """Nobody like anybody: the hardest there is for any index."""
    chance = np.random.default_rng(0)
    return chance.random((count, DIMENSIONS), np.float32), chance.random((queries, DIMENSIONS), np.float32)


def nearest(faces: Matrix, halves: Matrix, queries: Matrix, count: int) -> npt.NDArray[np.int64]:
    """The `count` rows of `faces` nearest to each of the queries, nearest first, by looking at all of them."""
    found = []
    for query in queries:
        nearness = faces @ query - halves
        rows = np.argpartition(-nearness, count)[:count]
        found.append(rows[np.argsort(-nearness[rows])])
    return np.array(found)


def halves_of(faces: Matrix) -> Matrix:
    """Half of the squared length of each, which `nearest` needs."""
    return np.einsum("ij,ij->i", faces, faces) / 2


def keep(folder: Path, collection_id: str, faces: Matrix) -> list[str]:
    """Write the faces into the file of a server that does not run, past its API; their ids."""
    folder.mkdir(mode=0o700, parents=True)
    path = folder / "collections.sqlite3"
    with closing(SqliteStore(path, model=FACE_MODEL)) as store:
        collection = store.create(collection_id, {}).position
    ids = [str(uuid.UUID(int=row, version=4)) for row in range(len(faces))]
    with closing(sqlite3.connect(path)) as database, database:
        database.executemany(
            'INSERT INTO faces (collection, face_id, image_id, "left", top, width, height, confidence, model_version,'
            " indexed_at, embedding, embedding_model) VALUES (?, ?, ?, 0.1, 0.1, 0.2, 0.2, 99, ?, 0, ?, ?)",
            (
                (collection, face_id, face_id, FACE_MODEL.version, face.tobytes(), FACE_MODEL.name)
                for face_id, face in zip(ids, faces, strict=True)
            ),
        )
    return ids


def _cloud(chance: np.random.Generator, count: int, radius: float) -> npt.NDArray[np.float64]:
    return chance.normal(0, radius / np.sqrt(DIMENSIONS), (count, DIMENSIONS))
