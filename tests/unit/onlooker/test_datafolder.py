"""Where the data is, and how a running installation is found."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onlooker.datafolder import DataFolder, Running


def test_the_option_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_DATA", str(tmp_path / "named"))
    assert DataFolder.chosen(tmp_path / "given").root == tmp_path / "given"
    assert DataFolder.chosen(None).root == tmp_path / "named"


def test_without_either_it_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONLOOKER_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert DataFolder.chosen(None).root == tmp_path / "onlooker"


def test_what_was_announced_is_found_until_it_is_withdrawn(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    running = Running(os.getpid(), "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3")
    assert folder.running() is None
    folder.announce(running)
    assert folder.running() == running
    folder.withdraw()
    folder.withdraw()
    assert folder.running() is None


def test_a_killed_installation_is_not_running(tmp_path: Path) -> None:
    child = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    folder = DataFolder(tmp_path)
    folder.announce(Running(int(child.stdout), "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"))
    assert folder.running() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_an_announcement_of_another_version_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "running.json").write_text(text)
    assert DataFolder(tmp_path).running() is None
