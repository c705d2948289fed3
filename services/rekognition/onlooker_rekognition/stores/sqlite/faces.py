"""Faces: kept, listed, removed, searched."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from onlooker_rekognition.store import Match, NewFace, Outcome, Picture, StoredFace
from onlooker_rekognition.stores.rules import removal
from onlooker_rekognition.stores.sqlite.database import AMONG, OF_COLLECTION, Database, among, to_bytes
from onlooker_rekognition.vision.results import Box, Embedding
from onlooker_rekognition.vision.similarity import reach, similarity

_FACE = """SELECT faces.position, face_id, image_id, external_image_id, "left", top, width, height, confidence,
 model_version, users.user_id FROM faces LEFT JOIN users ON users.position = owner"""
_INSERT = """INSERT INTO faces (collection, face_id, image_id, external_image_id, "left", top, width, height,
 confidence, model_version, indexed_at, embedding, embedding_model) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

_ROUNDING = 1e-4  # of distances in the index, which computes in 32 bits


class Faces(Database):
    """See CollectionStore."""

    def add(self, collection_id: str, picture: Picture, faces: Sequence[NewFace]) -> list[StoredFace]:
        """See CollectionStore."""
        by_box = {face.box: face for face in faces}
        with self._lock:
            with self._transaction():
                collection = self._position(collection_id)
                before = self._of_picture(collection, picture)
                for box, face in by_box.items():
                    if box not in before:
                        self._insert(collection, picture, face)
                again = {before[box].position: by_box[box].embedding for box in by_box if box in before}
                renewed = self._renew(collection, again)
                means = self._means(self._owners(renewed))
                kept = self._of_picture(collection, picture)
                self._keep_chips({kept[box].position: face.chip for box, face in by_box.items()})
            new = {kept[box].position: face.embedding for box, face in by_box.items() if box not in before}
            self._indexes.add_faces(collection, {**new, **renewed})
            self._indexes.set_means(collection, means)
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
        wanted = "faces.collection = ?" if face_ids is None and user_id is None else OF_COLLECTION
        values: list[str | int] = []
        if face_ids is not None:
            wanted, values = f"{wanted} AND face_id {AMONG}", [among(face_ids)]
        with self._lock:
            collection = self._position(collection_id)
            if user_id is not None:
                wanted, values = f"{wanted} AND owner = ?", [*values, self._user(collection, user_id)]
            rows = self._db.execute(
                f"{_FACE} WHERE {wanted} AND faces.position > ? ORDER BY faces.position LIMIT ?",
                (collection, *values, after, limit),
            ).fetchall()
        return [_face(row) for row in rows]

    def remove(self, collection_id: str, face_ids: Sequence[str]) -> Outcome:
        """See CollectionStore."""
        with self._lock:
            with self._transaction():
                collection = self._position(collection_id)
                held = self._held(collection, face_ids)
                outcome = removal(face_ids, held)
                positions = [held[face_id].position for face_id in outcome.done]
                self._db.executemany("DELETE FROM faces WHERE position = ?", [(position,) for position in positions])
            self._indexes.remove_faces(collection, positions)
            self._forget()
        return outcome

    def embedding(self, collection_id: str, face_id: str) -> Embedding | None:
        """See CollectionStore."""
        with self._lock:
            face = self._held(self._position(collection_id), [face_id]).get(face_id)
        return face.embedding if face else None

    def nearest(self, collection_id: str, embedding: Embedding, *, count: int, threshold: float = 0) -> list[Match]:
        """See CollectionStore."""
        with self._lock:
            collection = self._position(collection_id)
        within = reach(threshold) + _ROUNDING
        positions, vectors = self._indexes.faces(collection).nearest(embedding, count, within=within)
        if not positions:
            return []
        alike = dict(zip(positions, similarity(embedding, vectors).tolist(), strict=True))
        with self._lock:
            rows = self._db.execute(f"{_FACE} WHERE faces.position {AMONG}", (among(positions),)).fetchall()
        faces = map(_face, rows)
        matches = [Match(face, alike[face.position]) for face in faces if alike[face.position] >= threshold]
        return sorted(matches, key=lambda match: match.similarity, reverse=True)

    def _of_picture(self, collection: int, picture: Picture) -> dict[Box, StoredFace]:
        rows = self._db.execute(
            f"{_FACE} WHERE faces.collection = ? AND image_id = ? AND external_image_id IS ?",
            (collection, picture.image_id, picture.external_image_id),
        )
        return {face.box: face for face in map(_face, rows)}

    def _insert(self, collection: int, picture: Picture, face: NewFace) -> None:
        box, model = face.box, self._model
        place = (box.left, box.top, box.width, box.height)
        self._db.execute(
            _INSERT,
            (
                *(collection, str(uuid.uuid4()), picture.image_id, picture.external_image_id, *place, face.confidence),
                *(model.version, self._clock(), to_bytes(face.embedding), model.name),
            ),
        )

    def _keep_chips(self, chips: dict[int, bytes | None]) -> None:
        given = [(position, chip) for position, chip in chips.items() if chip is not None]
        self._db.executemany("INSERT OR REPLACE INTO chips (face, jpeg) VALUES (?, ?)", given)


def _face(row: Sequence[Any]) -> StoredFace:
    position, face_id, image_id, external_image_id, left, top, width, height, confidence, model_version, user_id = row
    picture = Picture(image_id, external_image_id)
    return StoredFace(position, face_id, picture, Box(left, top, width, height), confidence, model_version, user_id)
