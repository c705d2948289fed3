import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from onlooker_rekognition.decoded import DecodedPictures
from onlooker_rekognition.vision.errors import UnreadableImageError
from onlooker_rekognition.vision.image import Image


class Decoder:
    """Decodes any bytes to 10 x 10 pixels, and counts."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, data: bytes) -> Image:
        self.calls.append(data)
        self.entered.set()
        self.gate.wait()
        if data == b"bad":
            raise UnreadableImageError("bad")
        return Image(np.zeros((10, 10, 3), np.uint8))


def test_the_same_bytes_are_decoded_once() -> None:
    decoder = Decoder()
    pictures = DecodedPictures(decoder, max_pixels=1000)
    assert pictures.get(b"a", b"a") is pictures.get(b"a", b"a")
    assert decoder.calls == [b"a"]


def test_those_who_ask_while_it_is_decoded_wait_for_it() -> None:
    decoder = Decoder()
    decoder.gate.clear()
    pictures = DecodedPictures(decoder, max_pixels=1000)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(pictures.get, b"a", b"a") for _ in range(4)]
        decoder.entered.wait()
        decoder.gate.set()
        assert len({id(answer.result()) for answer in asked}) == 1
    assert decoder.calls == [b"a"]


def test_the_longest_unused_pictures_make_room() -> None:
    decoder = Decoder()
    pictures = DecodedPictures(decoder, max_pixels=200)
    for data in (b"a", b"b", b"a", b"c", b"a", b"b"):
        pictures.get(data, data)
    assert decoder.calls == [b"a", b"b", b"c", b"b"]


@pytest.mark.parametrize("max_pixels", [0, 99])
def test_a_picture_larger_than_the_room_is_answered_and_not_kept(max_pixels: int) -> None:
    decoder = Decoder()
    pictures = DecodedPictures(decoder, max_pixels=max_pixels)
    assert pictures.get(b"a", b"a").width == 10
    pictures.get(b"a", b"a")
    assert decoder.calls == [b"a", b"a"]


def test_a_failure_is_told_to_all_and_not_remembered() -> None:
    decoder = Decoder()
    decoder.gate.clear()
    pictures = DecodedPictures(decoder, max_pixels=1000)
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(pictures.get, b"bad", b"bad") for _ in range(2)]
        decoder.entered.wait()
        decoder.gate.set()
        assert all(isinstance(answer.exception(), UnreadableImageError) for answer in asked)
    before = len(decoder.calls)
    with pytest.raises(UnreadableImageError):
        pictures.get(b"bad", b"bad")
    assert len(decoder.calls) == before + 1
