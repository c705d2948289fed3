"""Decoded pictures, shared for a short while by requests about the same bytes.

The recognizer asks for faces and for labels of one picture at the same time; decoding a photo takes as long as a
model does. The first request decodes, the others wait for it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

from onlooker_rekognition.vision.image import Image


class DecodedPictures:
    """The last decoded pictures by the hash of their bytes, at most `max_pixels` in sum. Thread-safe."""

    def __init__(self, decode: Callable[[bytes], Image], *, max_pixels: int) -> None:
        self._decode = decode
        self._max_pixels = max_pixels
        self._lock = threading.Lock()
        self._pictures: OrderedDict[bytes, Image] = OrderedDict()
        self._pixels = 0
        self._decoding: dict[bytes, Future[Image]] = {}

    def get(self, key: bytes, data: bytes) -> Image:
        """The picture in `data`, whose hash is `key`; raises what decoding raises, to everybody who waited for it."""
        with self._lock:
            if (picture := self._pictures.get(key)) is not None:
                self._pictures.move_to_end(key)
                return picture
            future: Future[Image] = Future()
            first = self._decoding.setdefault(key, future)
        return self._fill(key, future, data) if first is future else first.result()

    def _fill(self, key: bytes, future: Future[Image], data: bytes) -> Image:
        try:
            picture = self._decode(data)
        except BaseException as error:
            with self._lock:
                del self._decoding[key]
            future.set_exception(error)
            raise
        with self._lock:
            del self._decoding[key]
            self._keep(key, picture)
        future.set_result(picture)
        return picture

    def _keep(self, key: bytes, picture: Image) -> None:
        self._pictures[key] = picture
        self._pixels += _pixels(picture)
        while self._pixels > self._max_pixels:
            _, oldest = self._pictures.popitem(last=False)
            self._pixels -= _pixels(oldest)


def _pixels(picture: Image) -> int:
    return picture.width * picture.height
