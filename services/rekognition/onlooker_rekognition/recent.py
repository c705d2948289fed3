"""The faces of the last pictures that somebody was looked for by, shared by requests about the same bytes.

Whoever looks for users and for faces by one picture asks twice; finding and embedding its faces takes far longer than
searching. Chips, which are large, are not kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from onlooker_rekognition.searchable import Searchable

_PICTURES = 16


class RecentFaces:
    """Faces with embeddings by the hash of their picture's bytes. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faces: OrderedDict[bytes, Searchable] = OrderedDict()

    def get(self, key: bytes, find: Callable[[], Searchable]) -> Searchable:
        """Return what `find` found in the picture whose hash is `key`, this time or lately, without chips."""
        with self._lock:
            faces = self._faces.get(key)
        if faces is None:
            found = find()
            faces = replace(found, faces=tuple(replace(face, chip=None) for face in found.faces))
        with self._lock:
            self._faces[key] = faces
            self._faces.move_to_end(key)
            while len(self._faces) > _PICTURES:
                self._faces.popitem(last=False)
        return faces
