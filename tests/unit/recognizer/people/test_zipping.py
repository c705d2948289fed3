"""A zip that is made while it is sent."""

import io
import random
import zipfile
from collections.abc import AsyncIterator

from onlooker_recognizer.people.erasure.zipping import PIECE, Zip


async def test_any_reader_finds_what_was_put_in_and_no_more_than_a_piece_is_kept() -> None:
    parts = [random.Random(number).randbytes(PIECE // 2) for number in range(20)]  # they cannot be compressed
    archive, pieces = Zip(), []

    async def content() -> AsyncIterator[bytes]:
        for part in parts:
            assert sum(map(len, pieces)) >= len(part) * (parts.index(part) - 3), "it is sent on while it is made"
            yield part

    async def nothing() -> AsyncIterator[bytes]:
        return
        yield

    pieces += [piece async for piece in archive.add("empty.json", nothing())]
    async for piece in archive.add("ä/large.bin", content()):
        pieces.append(piece)
    pieces.append(archive.end())
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as found:
        assert found.testzip() is None
        assert found.namelist() == ["empty.json", "ä/large.bin"]
        assert (found.read("empty.json"), found.read("ä/large.bin")) == (b"", b"".join(parts))
    assert max(map(len, pieces)) <= 2 * PIECE
