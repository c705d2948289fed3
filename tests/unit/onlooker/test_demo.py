"""The demo's end: whoever sits at a terminal ends it with a key."""

import asyncio
import os
import sys

import pytest

from onlooker.commands.demo import line_of_input


@pytest.mark.parametrize("typed", [b"\n", b"that was nice\n", b"\x04"], ids=["Enter", "words", "Ctrl-D"])
async def test_it_waits_until_a_line_is_typed_or_the_input_ends(monkeypatch: pytest.MonkeyPatch, typed: bytes) -> None:
    keyboard, screen = os.openpty()
    try:
        with os.fdopen(screen) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            waiting = asyncio.create_task(line_of_input())
            await asyncio.sleep(0)
            assert not waiting.done()

            os.write(keyboard, typed)
            async with asyncio.timeout(10):
                await waiting
    finally:
        os.close(keyboard)
