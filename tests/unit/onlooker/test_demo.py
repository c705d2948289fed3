"""What the demo shows of people, the mail about them, and its end: whoever sits at a terminal ends it with a key."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from letterbox import Receiver, receiver
from onlooker.client import OnlookerClient
from onlooker.commands import demo as demo_module
from onlooker.commands.demo import ALERTED, _Demo, line_of_input
from onlooker.datafolder import DataFolder, Running
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
    assert await demo._show_people(index, told)
    assert index.asked == ["Never Seen", "Ann B."]
    shown = capsys.readouterr().out
    assert "onlooker search --person 'Ann B.'" in shown
    assert "Ann B. · Happy 98 %" in shown
    assert "None of them" not in shown

    assert not await demo._show_people(index, told[:2])
    assert "None of them is in these pictures." in capsys.readouterr().out
    assert not await demo._show_people(index, [])
    assert capsys.readouterr().out == "", "nobody was to be told"


async def test_it_shows_the_rules_mail_that_names_somebody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def mail(to: str, text: str) -> dict[str, Any]:
        return {"To": [to], "Subject": "Seen [today]", "BodyText": text}

    def keep(emulator: Receiver) -> None:
        mails = [mail("owner@localhost", "Of all: Ann B."), mail(ALERTED, "Of Ben C."), mail(ALERTED, "Of Ann B.")]
        body = json.dumps({"messages": {"000000000000": mails}}).encode()
        emulator.answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body)

    folder = DataFolder(tmp_path)
    async with receiver(keep) as emulator:
        folder.announce(Running(os.getpid(), "", f"http://127.0.0.1:{emulator.port}", ""))
        demo = _Demo(folder, tmp_path)
        assert await demo._show_alert([Enrolled("Ann B.", Path("a.jpg"), "taken", "1")])
        shown = capsys.readouterr().out
        assert await demo._show_mail()
    assert "Of Ann B." in shown
    assert "Seen [today]" in shown, "a subject is no markup"
    assert "Of all" not in shown
    assert "Of all: Ann B." in capsys.readouterr().out


async def test_it_went_wrong_if_the_rule_sends_no_mail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_module, "MAIL_PATIENCE", 0.0)
    demo = _Demo(DataFolder(tmp_path), tmp_path)
    assert not await demo._show_alert([Enrolled("Ann B.", Path("a.jpg"), "taken", "1")])
    assert "The rule sent no mail" in capsys.readouterr().out


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
