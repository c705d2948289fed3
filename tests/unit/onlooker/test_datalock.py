import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onlooker.datalock import DataFolderBusyError, DataLock

HOLDER = """
import sys
from pathlib import Path
from onlooker.datalock import DataLock
with DataLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_holder_is_told_who_is_there_and_since_when(tmp_path: Path) -> None:
    with DataLock(tmp_path / "data"):
        with pytest.raises(DataFolderBusyError, match=f"in use by process {os.getpid()}, since ") as busy:
            DataLock(tmp_path / "data").acquire()
        assert busy.value.pid == os.getpid()
        assert busy.value.since is not None
        assert abs(datetime.fromisoformat(busy.value.since) - datetime.now(UTC)).total_seconds() < 60


def test_a_lock_that_was_given_back_can_be_taken(tmp_path: Path) -> None:
    lock = DataLock(tmp_path)
    for _ in range(2):
        lock.acquire()
        lock.release()
    lock.release()


def test_a_holder_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DataFolderBusyError) as busy:
            DataLock(tmp_path).acquire()
        assert busy.value.pid == holder.pid
        holder.kill()
        holder.wait()
        with DataLock(tmp_path):
            pass
