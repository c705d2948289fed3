"""`onlooker people` and `onlooker who`: what is asked of the installation, and printed of its answers."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from onlooker import __main__
from onlooker.client import ApiError, OnlookerClient
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError

ANN, OTHER, STRANGER = "a" * 32, "b" * 32, "c" * 32
BOX = {"left": 0.3, "top": 0.1, "width": 0.2, "height": 0.2}


def person(person_id: str, name: str, state: str = "known", **more: Any) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "name": name,
        "state": state,
        "attributes": {},
        "external_id": None,
        "faces": 1,
        "sightings": 0,
        "last_seen": None,
        "merged_into": None,
        "created_at": "2026-11-21T14:05:09Z",
        "version": 3,
        **more,
    }


class Installation(OnlookerClient):
    """Knows three people, on two pages."""

    def __init__(self) -> None:
        self.known = [
            person(ANN, "Ann \x1b[2J", sightings=1200, last_seen="2026-11-22T08:00:00Z", attributes={"Bio": "Sails."}),
            person(OTHER, "ben"),
            person(STRANGER, "Unknown 17", "unknown"),
        ]
        self.asked: list[Mapping[str, Any]] = []
        self.renamed: list[tuple[str, str, int, bool]] = []
        self.merged: list[tuple[str, str]] = []
        self.erased: list[str] = []
        self.searchable, self.indexed = True, 0
        self.states = ["under_way", "erased", "erased", "proved"]

    async def people(self, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        self.asked.append(parameters or {})
        if "cursor" in self.asked[-1]:
            return {"people": self.known[1:], "cursor": None}
        return {"people": self.known[:1], "cursor": "next"}

    async def person(self, person_id: str) -> dict[str, Any]:
        return next(each for each in self.known if each["person_id"] == person_id)

    async def faces(self, person_id: str) -> dict[str, Any]:
        quality = {"brightness": 71.4, "sharpness": None}
        face = {"face_id": "f-1", "source": "enrolled", "key": None, "added_at": "2026-11-21T14:05:10Z", **quality}
        return {"faces": [face]}

    async def sightings(self, person_id: str, limit: int) -> dict[str, Any]:
        seen = {"bucket": "images", "key": "a.jpg", "similarity": 98.7, "seen_at": "2026-11-22T08:00:00Z"}
        return {"sightings": [{**seen, "decided_by": "similarity"}, {**seen, "decided_by": "somebody"}][:limit]}

    async def rename(self, person_id: str, name: str, version: int, *, another: bool = False) -> dict[str, Any]:
        if name == "Ben" and not another:
            raise ApiError(409, "POST it there.", problem={"reason": "name_taken", "person_id": OTHER})
        self.renamed.append((person_id, name, version, another))
        return person(person_id, name)

    async def merge(self, person_id: str, into: str) -> dict[str, Any]:
        self.merged.append((person_id, into))
        return await self.person(into)

    async def export(self, person_id: str) -> bytes:
        return f"zip of {person_id}".encode()

    async def erase(self, person_id: str) -> dict[str, Any]:
        self.erased.append(person_id)
        return {"erasure_id": person_id, "state": "under_way"}

    async def erasure(self, person_id: str) -> dict[str, Any] | None:
        proof = {
            "looked_at": {"people": 1200, "results": 4},
            "found": {"people": 0, "results": 0},
            "searched": 2,
            "recognized": 0,
            "not_looked_at": ["index", "sent", "rules", "backups"],
        }
        receipt = {
            "erasure_id": person_id,
            "policy": "redraw",
            "asked_at": "2026-11-22T07:58:00Z",
            "erased_at": "2026-11-22T07:59:00Z",
            "proved_at": "2026-11-22T08:00:00Z",
            "removed": {"people": 1, "crops": 0},
            "proof": proof,
        }
        return receipt | {"state": self.states.pop(0)} if person_id in self.erased else None

    async def statistics(self, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        assert parameters == {"person_id": OTHER}
        if not self.searchable:
            raise ApiError(403, "This access key lacks the scope 'tags:read'.")
        return {"total": self.indexed}

    async def identify(self, picture: Path) -> dict[str, Any]:
        ann, ben = ({"name": "Ann", "similarity": 98.7}, {"name": "Ben", "similarity": 74.1})
        faces = [
            {"bounding_box": BOX, "person": ann, "candidates": [ben], "looked_up": True},
            {"bounding_box": BOX, "person": None, "candidates": [], "looked_up": True},
            {"bounding_box": BOX, "person": None, "candidates": [], "looked_up": False},
        ]
        return {"faces": faces if picture.read_bytes() else []}


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation()

    @contextlib.asynccontextmanager
    async def client(_: Target) -> AsyncIterator[OnlookerClient]:
        yield made

    monkeypatch.setattr(Target, "client", client)
    monkeypatch.setenv("COLUMNS", "200")
    return made


def run(*arguments: str, answer: str | None = None) -> Any:
    return CliRunner().invoke(__main__.app, arguments, input=answer)


def words_of(text: str) -> str:
    return " ".join(text.split())


def test_all_pages_are_listed_and_names_are_text(installation: Installation) -> None:
    listed = run("people").stdout
    assert "known 1 1,200 2026-11-22 08:00" in words_of(listed)
    assert "Unknown 17" in listed
    assert "3 people" in listed
    assert "\x1b" not in listed
    assert ANN not in listed, "one name, one person"


def test_that_there_is_nobody_is_told(installation: Installation) -> None:
    installation.known = []
    assert "Nobody is known" in run("people").stdout
    assert "No stranger is remembered" in run("people", "--unknown").stdout
    assert "Nobody's name, or external id, has 'x' in it." in run("people", "--named", "x").stdout


def test_people_of_one_name_are_told_apart_by_their_ids(installation: Installation) -> None:
    installation.known[0] = person(ANN, "Ben")
    listed = run("people").stdout
    assert ANN in listed
    assert OTHER in listed
    assert STRANGER not in listed


def test_it_asks_only_for_what_is_wanted(installation: Installation) -> None:
    assert len(json.loads(run("people", "--unknown", "--named", "x", "--sort", "last_seen", "--json").stdout)) == 3
    assert [
        asked.items() >= {"state": "unknown", "q": "x", "sort": "last_seen"}.items() for asked in installation.asked
    ]
    assert run("people", "--unknown", "show", "ben").exit_code == 2


def test_a_person_is_shown_with_faces_and_where_they_were_seen(installation: Installation) -> None:
    shown = words_of(run("people", "show", ANN).stdout)
    assert f"id {ANN}, known, since 2026-11-21 14:05" in shown
    assert "Bio: Sails." in shown
    assert "f-1 enrolled 71 2026-11-21 14:05" in shown
    assert "images/a.jpg 99 % 2026-11-22 08:00" in shown
    assert "images/a.jpg said so" in shown
    assert "1,200 sightings in all" in shown


def test_a_name_leads_to_its_person_in_any_case_of_letters(installation: Installation) -> None:
    assert json.loads(run("people", "show", "BEN", "--json").stdout)["person"]["person_id"] == OTHER
    assert "Nobody is called 'Be'" in str(run("people", "show", "Be").exception)


def test_of_several_of_a_name_the_ids_are_told(installation: Installation) -> None:
    installation.known[0] = person(ANN, "Ben")
    ended = run("people", "show", "ben")
    assert isinstance(ended.exception, ConfigurationError)
    assert ANN in str(ended.exception)
    assert OTHER in str(ended.exception)


def test_a_stranger_gets_a_name(installation: Installation) -> None:
    done = run("people", "rename", "unknown 17", "Cleo")
    assert "Unknown 17 is Cleo from now on" in done.stdout
    assert installation.renamed == [(STRANGER, "Cleo", 3, False)]


def test_a_name_that_is_taken_is_given_only_on_purpose(installation: Installation) -> None:
    assert OTHER in str(run("people", "rename", "unknown 17", "Ben").exception)
    assert installation.renamed == []
    assert run("people", "rename", "unknown 17", "Ben", "--another").exit_code == 0
    assert installation.renamed == [(STRANGER, "Ben", 3, True)]


def test_it_asks_before_two_people_become_one(installation: Installation) -> None:
    refused = run("people", "merge", "unknown 17", "ben", answer="n\n")
    assert refused.exit_code == 1
    assert "Make Unknown 17 (1 face, last seen never) the same as ben (1 face, last seen never)" in refused.stderr
    assert installation.merged == []
    assert "Unknown 17 is ben from now on" in run("people", "merge", "unknown 17", OTHER, answer="y\n").stdout
    assert run("people", "merge", STRANGER, "ben", "--yes").exit_code == 0
    assert installation.merged == [(STRANGER, OTHER)] * 2


def test_nobody_is_merged_into_themselves(installation: Installation) -> None:
    assert isinstance(run("people", "merge", "ben", OTHER, "--yes").exception, ConfigurationError)
    assert installation.merged == []


def test_it_asks_before_somebody_is_erased_and_shows_the_receipt(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onlooker.waiting.FIRST_LOOK", 0)
    refused = run("erase", "BEN", answer="n\n")
    assert (refused.exit_code, installation.erased) == (1, [])
    assert "Erase ben (1 face, 0 sightings)? This cannot be undone." in refused.stderr
    erased = run("erase", "BEN", "--yes")
    assert f"onlooker erase {OTHER}" in erased.stderr, "who stops waiting has the id"
    told = words_of(erased.stdout)
    assert installation.erased == [OTHER]
    assert f"Erasure {OTHER} asked for 2026-11-22 07:58, done 2026-11-22 07:59 (UTC)" in told
    assert "records of people and names 1 1,200 0" in told
    assert "results of pictures 4 0" in told
    assert "pictures of faces" not in told, "there were none"
    assert "searched by 2 pictures of their faces, before these were removed, too: 0 of the searches found" in told
    assert "once more in a minute" in told
    assert "Not looked at: the search index, which follows by messages; mails" in told
    assert "ben" not in told, "a receipt names nobody"
    proved = words_of(run("erase", OTHER, "--prove").stdout)
    assert installation.erased == [OTHER], "an id of who was erased only shows the receipt"
    assert "All was looked at again 2026-11-22 08:00 (UTC)" in proved
    assert "The search index tells of them in 0 pictures." in proved
    assert "Not looked at: mails" in proved
    installation.states, installation.searchable = ["proved", "proved"], False
    assert "not asked: this access key lacks the scope tags:read" in words_of(run("erase", OTHER, "--prove").stdout)


def test_what_the_index_tells_still_of_who_was_erased_ends_it_with_1(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.erased, installation.states, installation.indexed = [OTHER], ["proved"] * 2, 3
    ended = run("erase", OTHER, "--prove")
    assert ended.exit_code == 1
    assert "The search index tells of them in 3 pictures. It follows by messages" in words_of(ended.stdout)


def test_an_erasure_that_takes_long_is_shown_as_far_as_it_is(installation: Installation) -> None:
    installation.erased, installation.states = [OTHER], ["under_way"] * 2
    ended = run("erase", OTHER, "--patience", "0")
    assert ended.exit_code == 1
    assert f"`onlooker queues` shows what it waits for. Later: onlooker erase {OTHER}" in ended.stdout


def test_all_of_a_person_is_written_to_a_file_that_only_its_owner_reads(
    installation: Installation, tmp_path: Path
) -> None:
    into = tmp_path / "ben.zip"
    assert run("export", "ben", str(into)).exit_code == 0
    assert into.read_bytes() == f"zip of {OTHER}".encode()
    assert into.stat().st_mode & 0o077 == 0
    assert isinstance(run("export", "ben", str(into)).exception, ConfigurationError), "it is not overwritten"


def test_who_is_in_a_picture_is_told_with_how_sure_it_is(installation: Installation, tmp_path: Path) -> None:
    picture, empty = tmp_path / "a.jpg", tmp_path / "b.jpg"
    picture.write_bytes(b"picture")
    empty.write_bytes(b"")
    told = words_of(run("who", str(picture)).stdout)
    assert "1 Ann 99 % Ben 74 % 40% from the left, 20% from the top" in told
    assert "2 nobody who is known" in told
    assert "3 not looked up" in told
    assert "No face can be seen." in run("who", str(empty)).stdout
    assert run("who", str(tmp_path / "gone.jpg")).exit_code == 2
