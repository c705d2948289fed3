"""`onlooker trace`: which logs it reads, what it asks the installation, what it prints."""

import io
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import typer

from onlooker.client import ApiError, OnlookerClient
from onlooker.commands import trace
from onlooker.datafolder import DataFolder
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError

IMAGE, TRACE = "a" * 32, "c" * 32


def a_line(millisecond: int, event: str, **fields: Any) -> str:
    known = {
        "event": event,
        "level": "info",
        "service": "tagger",
        "timestamp": f"2026-11-22T01:00:00.{millisecond:03}Z",
    }
    return json.dumps(known | fields) + "\n"


class Knowing(OnlookerClient):
    """Knows one picture, unless it is not recognized yet."""

    recognized = True

    def __init__(self) -> None:
        pass

    async def search(self, parameters: Any) -> dict[str, Any]:
        found = [{"key": "cat.jpg", "image_id": IMAGE}] if parameters["prefix"] == "cat.jpg" else []
        return {"images": found, "cursor": None}

    async def recognition(self, image_id: str) -> dict[str, Any]:
        if not self.recognized:
            raise ApiError(404, "Nothing is known.")
        return {"image": {"bucket": "images", "key": "cat.jpg"}, "trace_id": TRACE}


@pytest.fixture(autouse=True)
def knowing(monkeypatch: pytest.MonkeyPatch) -> Knowing:
    """The installation that is asked."""
    known = Knowing()

    @asynccontextmanager
    async def client(_: Target) -> AsyncIterator[OnlookerClient]:
        yield known

    monkeypatch.setattr(Target, "client", client)
    monkeypatch.setenv("ONLOOKER_URL", "http://there")
    monkeypatch.setenv("COLUMNS", "150")
    return known


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A file with two lines about the picture and one about another."""
    path = tmp_path / "all.log"
    refused = a_line(250, "message.rejected", image_id=IMAGE, level="warning", reason="torn [bold]up[/bold]")
    path.write_text(refused + a_line(100, "picture.stored", trace_id=TRACE) + a_line(1, "other", trace_id="d" * 32))
    return path


def test_a_picture_is_followed_by_its_key(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace.trace("cat.jpg", [log])
    printed = capsys.readouterr().out
    assert f"images/cat.jpg\nid {IMAGE}, trace {TRACE}\n" in printed
    first, second = [line.split() for line in printed.splitlines() if line.strip().startswith("01:00")]
    assert first == ["01:00:00.100", "0", "tagger", "picture.stored"]
    assert second == ["01:00:00.250", "150", "!", "tagger", "message.rejected", "reason=torn", "[bold]up[/bold]"]


def test_standard_input_is_read_and_programs_get_the_lines_as_they_were(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(log.read_text()))
    trace.trace(IMAGE, [Path("-")], json=True)
    found = json.loads(capsys.readouterr().out)
    assert [line["event"] for line in found] == ["picture.stored", "message.rejected"]
    assert found[1]["reason"] == "torn [bold]up[/bold]"


def test_a_picture_that_is_stuck_is_followed_by_its_id(
    log: Path, knowing: Knowing, capsys: pytest.CaptureFixture[str]
) -> None:
    knowing.recognized = False
    trace.trace(IMAGE, [log])
    printed = capsys.readouterr().out
    assert "a picture that nothing is known of yet" in printed
    assert "message.rejected" in printed
    assert "picture.stored" not in printed


def test_logs_without_a_line_about_it_are_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.log"
    empty.touch()
    with pytest.raises(typer.Exit) as ended:
        trace.trace(IMAGE, [empty])
    assert ended.value.exit_code == 1
    assert "ONLOOKER_LOG_LEVEL=INFO" in capsys.readouterr().err


def test_without_logs_it_says_where_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="docker compose logs"):
        trace.trace(IMAGE, None, data=tmp_path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        trace.trace(IMAGE, [tmp_path / "none.log"])


def test_what_runs_here_keeps_its_logs(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Target, "runs_here", property(lambda _: True))
    kept = DataFolder(tmp_path).log("services")
    kept.parent.mkdir()
    log.rename(kept)
    kept.with_suffix(".log.1").write_text(a_line(50, "message.received", trace_id=TRACE))
    trace.trace(IMAGE, None, data=tmp_path)
    printed = capsys.readouterr().out
    assert printed.index("message.received") < printed.index("picture.stored")
