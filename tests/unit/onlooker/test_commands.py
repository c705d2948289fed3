"""What the command line prints, and how it ends."""

import sys
from typing import Any

import pytest

from onlooker import __main__, terminal
from onlooker.client import ApiError, OnlookerClient
from onlooker.commands import search, show

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
    monkeypatch.setenv("ONLOOKER_LOG_LEVEL", "loud")
    for name in ("NO_PROXY", "no_proxy"):  # it adds to them
        monkeypatch.setenv(name, "")
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 78
    assert capsys.readouterr().err.startswith("ONLOOKER_LOG_LEVEL: input should be 'DEBUG'")


class Pages(OnlookerClient):
    """Answers searches with one picture a page."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    async def search(self, parameters: Any) -> dict[str, Any]:
        assert parameters["prefix"] == "a"
        page = int(parameters.get("cursor", "0"))
        return {"images": [document(self.keys[page])], "cursor": f"{page + 1}" if page + 1 < len(self.keys) else None}


async def test_a_key_is_found_behind_all_that_begin_like_it() -> None:
    assert (await show.find(Pages("abc", "ab", "a"), "a"))["key"] == "a"
    with pytest.raises(ApiError, match="No picture with the key 'a'"):
        await show.find(Pages("abc", "ab"), "a")
