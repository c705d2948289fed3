"""Which installation a command talks to, and what it says if it cannot."""

import os
from pathlib import Path

import pytest

from onlooker.datafolder import DataFolder, Running
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError, SettingsError


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A target on an empty data folder."""
    monkeypatch.delenv("ONLOOKER_URL", raising=False)
    monkeypatch.delenv("ONLOOKER_KEY", raising=False)
    return Target(DataFolder(tmp_path))


@pytest.fixture
def here(target: Target) -> str:
    """The URL of an installation that runs on the target's folder."""
    target.folder.announce(Running(os.getpid(), "http://here", "http://emulator", "http://rekognition"))
    target.folder.admin_key.write_text("olk_here\n")
    return "http://here"


def test_what_runs_here_is_meant_unless_another_is_named(
    target: Target, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (target.url, target.key, target.runs_here) == (here, "olk_here", True)
    monkeypatch.setenv("ONLOOKER_URL", "https://there")
    monkeypatch.setenv("ONLOOKER_KEY", "olk_there")
    assert (target.url, target.key, target.runs_here) == ("https://there", "olk_there", False)


def test_an_empty_variable_names_nothing(target: Target, here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_URL", "")
    monkeypatch.setenv("ONLOOKER_KEY", "")
    assert (target.url, target.key, target.runs_here) == (here, "olk_here", True)


def test_nothing_running_is_said_with_what_to_do(target: Target) -> None:
    with pytest.raises(ConfigurationError, match="Start it with `onlooker up`, or set ONLOOKER_URL"):
        _ = target.url
    with pytest.raises(ConfigurationError, match="No access key"):
        _ = target.key


@pytest.mark.parametrize("url", ["localhost:8080", "http://", "http://[::1", "http://there:x"])
def test_a_url_that_is_none_is_told_by_its_variable(target: Target, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ONLOOKER_URL", url)
    with pytest.raises(SettingsError, match="ONLOOKER_URL has to begin with http://"):
        _ = target.url


@pytest.mark.parametrize("key", ["olk_ü", "olk_1\nolk_2"])
def test_a_key_that_cannot_be_one_is_not_repeated(target: Target, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("ONLOOKER_KEY", key)
    with pytest.raises(SettingsError) as refused:
        _ = target.key
    assert key not in str(refused.value)
