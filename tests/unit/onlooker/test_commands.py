"""What the command line prints, and how it ends."""

import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from onlooker import __main__, terminal
from onlooker.client import ApiError, OnlookerClient
from onlooker.commands import search, show, which_picture
from onlooker.target import Target
from onlooker_shared.recognition import (
    BoundingBox,
    DominantColor,
    ImageProperties,
    Missing,
    ModerationLabel,
    Person,
    Recognition,
    RegionProperties,
    TextDetection,
)
from recognitions import a_face, a_recognition

UPLOADED = "2026-01-02T03:04:05Z"


def document(key: str) -> dict[str, Any]:
    return {"key": key, "faces": [], "face_count": 0, "labels": [], "uploaded_at": UPLOADED}


@pytest.mark.parametrize("key", ["odd[/x].jpg", "[bold]b.jpg", ":smile:.jpg"])
def test_a_name_that_looks_like_markup_is_printed_as_it_is(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.output().print(search.table_of([document(key)]))
    assert key in capsys.readouterr().out


def test_a_wrong_variable_ends_it_with_78_and_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["onlooker", "queues"])
    monkeypatch.setenv("ONLOOKER_URL", "localhost:8080")
    for name in ("NO_PROXY", "no_proxy"):  # it adds to them
        monkeypatch.setenv(name, "")
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 78
    assert capsys.readouterr().err.startswith("ONLOOKER_URL has to begin with http://")


class Pages(OnlookerClient):
    """Answers searches with one picture a page."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    async def search(self, parameters: Any) -> dict[str, Any]:
        assert parameters["prefix"] == "a"
        page = int(parameters.get("cursor", "0"))
        return {"images": [document(self.keys[page])], "cursor": f"{page + 1}" if page + 1 < len(self.keys) else None}


async def test_a_key_is_found_behind_all_that_begin_like_it() -> None:
    assert (await which_picture.find(Pages("abc", "ab", "a"), "a"))["key"] == "a"
    with pytest.raises(ApiError, match="No picture with the key 'a'"):
        await which_picture.find(Pages("abc", "ab"), "a")


class Knowing(OnlookerClient):
    """Knows one picture."""

    def __init__(self, recognition: Recognition) -> None:
        self._recognition = recognition

    async def document(self, image_id: str) -> dict[str, Any]:
        picture = {"image_id": image_id, "bucket": "images", "state": "recognized", "width": 640, "height": 480}
        return document("cat.jpg") | picture

    async def annotation(self, image_id: str) -> dict[str, Any]:
        raise ApiError(404, f"{image_id} is not annotated yet.")

    async def recognition(self, image_id: str) -> dict[str, Any]:
        return {"state": "recognized", "recognition": self._recognition.model_dump(mode="json")}


def shown(recognition: Recognition, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    @contextlib.asynccontextmanager
    async def client(_: Target) -> AsyncIterator[OnlookerClient]:
        yield Knowing(recognition)

    monkeypatch.setattr(Target, "client", client)
    monkeypatch.setenv("COLUMNS", "200")
    show.show("0" * 32, data=Path("nowhere"))
    return " ".join(capsys.readouterr().out.split())


def test_a_picture_is_shown_with_its_text_moderation_and_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    box = BoundingBox(left=0, top=0, width=1, height=1)
    line = TextDetection(type="LINE", text="[red]STOP[/red]", confidence=98.76, bounding_box=box, id=0)
    word = line.model_copy(update={"type": "WORD", "text": "alone", "id": 1, "line_id": 0})
    peru = DominantColor(
        red=200, green=120, blue=40, hex_code="#C87828", css_color="peru", simplified_color="orange", pixel_percent=60.4
    )
    everything = {
        "text": (line, word),
        "moderation": (ModerationLabel(name="Weapons", parent="Violence", confidence=87.0, level=2),),
        "properties": ImageProperties(
            dominant_colors=(peru,), brightness=50.0, contrast=30.0, foreground=RegionProperties(sharpness=71.2)
        ),
        "features": ("faces", "people", "labels", "text", "moderation", "properties"),
    }
    out = shown(a_recognition().model_copy(update=everything), monkeypatch, capsys)
    assert "[red]STOP[/red] 98.8" in out
    assert "alone" not in out
    assert "Weapons 87.0 Violence" in out
    assert "picture peru 60 % 50 30" in out
    assert "foreground 71" in out
    assert "not looked for" not in out


def test_whom_a_face_resembles_is_told_beside_who_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    like = (
        Person(person_id="0" * 32, name="[red]Ann", similarity=81.6),
        Person(person_id="1", name="B", similarity=70),
    )
    out = shown(a_recognition(a_face(), a_face().model_copy(update={"candidates": like})), monkeypatch, capsys)
    assert "face 2 resembles [red]Ann 82 %, B 70 %" in out
    assert "face 1 resembles" not in out


def test_what_was_looked_for_in_vain_differs_from_what_was_not_looked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = (Missing(feature="properties", reason="It is too small."),)
    looked = a_recognition().model_copy(update={"features": ("labels", "moderation"), "missing": missing})
    out = shown(looked, monkeypatch, capsys)
    assert "moderation confidence parent" in out
    assert "none" in out
    assert "no properties: It is too small." in out
    assert "text confidence" not in out
    assert "not looked for: faces, people, text" in out
