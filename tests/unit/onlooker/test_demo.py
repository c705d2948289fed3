"""What the demo shows of people, and its end: whoever sits at a terminal ends it with a key."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from onlooker.client import OnlookerClient
from onlooker.commands.demo import _Demo, line_of_input
from onlooker.datafolder import DataFolder
from onlooker.enrolling import Enrolled


class Index(OnlookerClient):
    """Knows a picture of Ann B."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def search(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(parameters["person"])
        face = {"person": "Ann B.", "emotion": "HAPPY", "emotion_confidence": 97.6}
        picture = {
            "key": "party.jpg",
            "faces": [face],
            "face_count": 1,
            "labels": [],
            "uploaded_at": "2026-11-22T08:00",
        }
        return {"images": [picture] if parameters["person"] == "Ann B." else []}


async def test_it_shows_in_which_pictures_somebody_is_whom_it_was_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = Index()
    told = [
        Enrolled("Nobody", Path("refused.jpg"), "refused"),
        Enrolled("Never Seen", Path("a.jpg"), "taken", "0"),
        Enrolled("Ann B.", Path("b.jpg"), "taken", "1"),
        Enrolled("Ann B.", Path("c.jpg"), "taken", "1"),
        Enrolled("Later", Path("d.jpg"), "taken", "2"),
    ]
    demo = _Demo(DataFolder(tmp_path), tmp_path)
    await demo._show_people(index, told)
    assert index.asked == ["Never Seen", "Ann B."]
    shown = capsys.readouterr().out
    assert "onlooker search --person 'Ann B.'" in shown
    assert "Ann B. · Happy 98 %" in shown
    assert "None of them" not in shown

    await demo._show_people(index, told[:2])
    assert "None of them is in these pictures." in capsys.readouterr().out
    await demo._show_people(index, [])
    assert capsys.readouterr().out == "", "nobody was to be told"


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
