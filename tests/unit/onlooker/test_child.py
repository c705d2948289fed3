"""Real child processes: readiness, last words, stopping, and their end with this process's."""

import os
import sys
from pathlib import Path

import pytest

from onlooker.stack.child import Child, ChildFailedError

READY = "print('Ready: http://127.0.0.1:4321', flush=True)"


def _child(tmp_path: Path, code: str) -> Child:
    return Child("thing", [sys.executable, "-c", code], tmp_path / "logs" / "thing.log")


async def test_it_is_ready_when_it_says_so_and_stops_when_asked(tmp_path: Path) -> None:
    child = _child(tmp_path, f"{READY}; import signal; signal.pause()")
    await child.start(os.environ, 0)
    assert child.url == "http://127.0.0.1:4321"
    await child.stop()
    assert "ended with code -15" in await child.ended()


async def test_its_last_words_are_told_when_it_does_not_start(tmp_path: Path) -> None:
    child = _child(tmp_path, "import sys; sys.exit('no models: build them first')")
    with pytest.raises(ChildFailedError, match="no models: build them first"):
        await child.start(os.environ, 0)


async def test_the_port_is_passed_on(tmp_path: Path) -> None:
    child = _child(tmp_path, "import sys; print(f'ready http://127.0.0.1:{sys.argv[2]}', sys.argv, flush=True)")
    await child.start(os.environ, 1234)
    assert child.url == "http://127.0.0.1:1234"


async def test_its_input_is_open_as_long_as_this_process_lives(tmp_path: Path) -> None:
    child = _child(tmp_path, f"{READY}; import sys; sys.stdin.read(); sys.exit(9)")
    await child.start(os.environ, 0)
    assert child._process is not None
    assert child._process.stdin is not None
    child._process.stdin.close()
    assert "ended with code 9" in await child.ended()
