"""`onlooker people import-profiles`: all pages, one after the other, and what became of each profile."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from typer.testing import CliRunner

from onlooker import __main__
from onlooker.client import OnlookerClient
from onlooker.target import Target


def imported(face_id: str, outcome: str = "taken", **more: Any) -> dict[str, Any]:
    return {"face_id": face_id, "outcome": outcome, "reason": None, "left_out": [], "has_face": True, **more}


class Installation(OnlookerClient):
    """Has profiles on two pages."""

    def __init__(self) -> None:
        self.pages = {
            None: {"profiles": [imported("f-1"), imported("f-2", "known")], "cursor": "next"},
            "next": {"profiles": [imported("f-3", has_face=False)], "cursor": None},
        }
        self.asked: list[tuple[str | None, Mapping[str, str] | None]] = []

    async def import_profiles(
        self, cursor: str | None = None, consent: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        self.asked.append((cursor, consent))
        return self.pages[cursor]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Installation:
    installation = Installation()

    @contextlib.asynccontextmanager
    async def client(_: Target) -> AsyncIterator[OnlookerClient]:
        yield installation

    monkeypatch.setattr(Target, "client", client)
    return installation


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(__main__.app, ["people", "import-profiles", *words])
    return result.exit_code, result.stdout


def test_all_pages_are_imported_and_what_needs_a_word_gets_one(here: Installation) -> None:
    code, printed = run("--consent-by", "Ann", "--purpose", "the door")
    consent = {"given_by": "Ann", "purpose": "the door"}
    assert (code, here.asked) == (0, [(None, consent), ("next", consent)])
    assert "3 profiles: 2 taken, 1 known" in printed
    assert "f-3" in printed
    assert "enrol them" in printed
    assert "f-1" not in printed


def test_one_that_is_refused_says_why_and_fails(here: Installation) -> None:
    here.pages["next"]["profiles"] = [imported("f-3", "refused", reason="They were merged.")]
    code, printed = run()
    assert code == 1
    assert "They were merged." in printed
    code, printed = run("--json")
    assert [each["face_id"] for each in json.loads(printed)] == ["f-1", "f-2", "f-3"]


def test_half_a_consent_is_none(here: Installation) -> None:
    code, _ = run("--consent-by", "Ann")
    assert (code, here.asked) == (2, [])
