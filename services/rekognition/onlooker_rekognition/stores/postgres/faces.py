"""Faces: kept, listed, removed, searched."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np

from onlooker_rekognition.store import Match, NewFace, Outcome, Picture, StoredFace
from onlooker_rekognition.stores.postgres.database import Database, Link
from onlooker_rekognition.stores.rules import removal
from onlooker_rekognition.vision.results import Box, Embedding
from onlooker_rekognition.vision.similarity import reach, similarity

_FACE = """SELECT faces.position, face_id, image_id, external_image_id, "left", top, width, height, confidence,
 model_version, users.user_id FROM faces LEFT JOIN users ON users.position = owner"""
_NEAREST = """WITH nearest AS MATERIALIZED (
 SELECT *, embedding <-> %(vector)s AS distance FROM faces
 WHERE collection = %(collection)s AND embedding_model = %(model)s ORDER BY distance LIMIT %(count)s)
 SELECT nearest.position, face_id, image_id, external_image_id, "left", top, width, height, confidence,
 model_version, users.user_id, nearest.embedding
 FROM nearest LEFT JOIN users ON users.position = owner WHERE distance <= %(reach)s"""
_INSERT = """INSERT INTO faces (collection, face_id, image_id, external_image_id, "left", top, width, height,
 confidence, model_version, embedding, embedding_model)
 VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""

_ROUNDING = 1e-4
"""pgvector adds up in single precision: what is a little too far is fetched, and judged by its exact distance."""


class Faces(Database):
    """See CollectionStore."""

    def add(self, collection_id: str, picture: Picture, faces: Sequence[NewFace]) -> list[StoredFace]:
        """See CollectionStore."""
        by_box = {face.box: face for face in faces}
        with self._transaction() as connection:
            collection = self._hold(connection, collection_id)
            new = self._insert(connection, collection, picture, by_box)
            kept = _of_picture(connection, collection, picture)
            while by_box.keys() - kept.keys():  # there was one, and it has been removed since
                new += self._insert(connection, collection, picture, by_box)
                kept = _of_picture(connection, collection, picture)
            if new < len(by_box):
                self._renew(connection, collection, {kept[box].position: by_box[box].embedding for box in by_box})
                kept = _of_picture(connection, collection, picture)
            _keep_chips(connection, {kept[box].position: face.chip for box, face in by_box.items()})
            count = _count(connection, collection, new)
        self._indexes.grown("faces", collection, count)
        return [kept[face.box] for face in faces]

    def faces(
        self,
        collection_id: str,
        *,
        after: int,
        limit: int,
        face_ids: Sequence[str] | None = None,
        user_id: str | None = None,
    ) -> list[StoredFace]:
        """See CollectionStore."""
        wanted = ""
        values: list[int | list[str]] = []
        if face_ids is not None:
            wanted, values = f"{wanted} AND face_id = ANY(%s)", [list(face_ids)]
        with self._connection() as connection:
            collection = self._position(connection, collection_id)
            if user_id is not None:
                wanted, values = f"{wanted} AND owner = %s", [*values, self._user(connection, collection, user_id)]
            rows = connection.execute(
                f"{_FACE} WHERE faces.collection = %s AND faces.position > %s {wanted}"
                " ORDER BY faces.position LIMIT %s",
                (collection, after, *values, limit),
            ).fetchall()
        return [_face(row) for row in rows]

    def remove(self, collection_id: str, face_ids: Sequence[str]) -> Outcome:
        """See CollectionStore."""
        with self._transaction() as connection:
            collection = self._hold(connection, collection_id)
            self._lock_faces(connection, collection, face_ids, removing=True)
            outcome = removal(face_ids, self._held(connection, collection, face_ids))
            removed = connection.execute("DELETE FROM faces WHERE face_id = ANY(%s)", (outcome.done,)).rowcount
            _count(connection, collection, -removed)
        return outcome

    def embedding(self, collection_id: str, face_id: str) -> Embedding | None:
        """See CollectionStore."""
        with self._connection() as connection:
            face = self._held(connection, self._position(connection, collection_id), [face_id]).get(face_id)
        return face.embedding if face else None

    def nearest(self, collection_id: str, embedding: Embedding, *, count: int, threshold: float = 0) -> list[Match]:
        """See CollectionStore."""
        wanted = {
            "vector": embedding,
            "model": self._model.name,
            "count": count,
            "reach": reach(threshold) + _ROUNDING,
        }
        with self._connection() as connection:
            wanted["collection"] = self._position(connection, collection_id)
            # prepared, it would be planned without the collection, and so without its index
            rows = connection.execute(_NEAREST, wanted, prepare=False, binary=True).fetchall()
        if not rows:
            return []
        alike = similarity(embedding, np.stack([row[-1] for row in rows])).tolist()
        matches = [
            Match(_face(row[:-1]), percent) for row, percent in zip(rows, alike, strict=True) if percent >= threshold
        ]
        return sorted(matches, key=lambda match: match.similarity, reverse=True)

    def _insert(self, connection: Link, collection: int, picture: Picture, faces: dict[Box, NewFace]) -> int:
        """Keep those that are not kept yet; how many. All servers go in one order, so that none waits in a ring."""
        model = self._model
        places = sorted((box.left, box.top, box.width, box.height) for box in faces)
        with connection.cursor() as cursor:
            cursor.executemany(
                _INSERT,
                [
                    (
                        *(collection, str(uuid.uuid4()), picture.image_id, picture.external_image_id, *place),
                        *(faces[Box(*place)].confidence, model.version),
                        *(faces[Box(*place)].embedding, model.name),
                    )
                    for place in places
                ],
            )
            return cursor.rowcount


def _of_picture(connection: Link, collection: int, picture: Picture) -> dict[Box, StoredFace]:
    """The faces of a picture, which nobody removes before the transaction ends."""
    rows = connection.execute(
        f"{_FACE} WHERE faces.collection = %s AND image_id = %s AND external_image_id IS NOT DISTINCT FROM %s"
        " ORDER BY faces.position FOR KEY SHARE OF faces",
        (collection, picture.image_id, picture.external_image_id),
    )
    return {face.box: face for face in map(_face, rows)}


def _keep_chips(connection: Link, chips: dict[int, bytes | None]) -> None:
    given = [(position, chip) for position, chip in sorted(chips.items()) if chip is not None]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO chips (face, jpeg) VALUES (%s, %s) ON CONFLICT (face) DO UPDATE SET jpeg = excluded.jpeg",
            given,
        )


def _count(connection: Link, collection: int, more: int) -> int:
    """Count faces that have come or gone. Last in a transaction: others wait for the row until it ends."""
    if not more:
        return 0
    row = connection.execute(
        "UPDATE collections SET face_count = face_count + %s WHERE position = %s RETURNING face_count",
        (more, collection),
    ).fetchone()
    return int(row[0]) if row else 0


def _face(row: Sequence[Any]) -> StoredFace:
    position, face_id, image_id, external_image_id, left, top, width, height, confidence, model_version, user_id = row
    picture = Picture(image_id, external_image_id)
    return StoredFace(position, face_id, picture, Box(left, top, width, height), confidence, model_version, user_id)
