"""`onlooker enrol`: whose pictures are sent as whose, and what is told of those that are refused."""

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from onlooker import __main__
from onlooker.client import ApiError, OnlookerClient
from onlooker.enrolling import Wanted, enrol_all, of_folder
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError

REFUSED = "No face can be seen in this picture."


def taken_by(name: str, *ids: str) -> ApiError:
    people = [{"person_id": person_id, "name": name, "state": "known"} for person_id in ids]
    return ApiError(409, "POST it elsewhere.", problem={"reason": "name_taken", "people": people})


class Installation(OnlookerClient):
    """Knows people by name. Refuses pictures called `bad...`, and takes those called `known...` for known ones."""

    def __init__(self, **people: list[str]) -> None:
        self.people_by_name = people
        self.faces_of: dict[str, list[str]] = {}
        self.state_of_ben = "known"
        self.refusal = ApiError(422, REFUSED, problem={"reason": "no_face"})

    async def enrol(
        self, name: str, picture: Path, *, consent: Any = None, another: bool = False, known: bool = False
    ) -> dict[str, Any]:
        ids = self.people_by_name.setdefault(name, [])
        if ids and not another:
            raise taken_by(name, *ids)
        self._look_at(picture, known)
        ids.append(f"{name}-{len(ids)}")
        return self._answer(ids[-1], picture)

    async def add_face(self, person_id: str, picture: Path, *, known: bool = False) -> dict[str, Any]:
        self._look_at(picture, known)
        return self._answer(person_id, picture)

    async def person(self, person_id: str) -> dict[str, Any]:
        return {"person_id": person_id, "name": person_id.partition("-")[0]}

    def _look_at(self, picture: Path, known: bool) -> None:
        if picture.name.startswith("bad"):
            raise self.refusal
        if picture.name.startswith("ben") and not known:
            whose = {"person_id": "Ben-0", "name": "Ben", "state": self.state_of_ben, "similarity": 98.24}
            raise ApiError(409, "POST it there.", problem={"reason": "already_enrolled", **whose})

    def _answer(self, person_id: str, picture: Path) -> dict[str, Any]:
        added = not picture.name.startswith("known")
        self.faces_of.setdefault(person_id, []).extend([picture.name] * added)
        person = {"person_id": person_id, "name": person_id.partition("-")[0]}
        return {"person": person, "faces": [{"face_id": picture.name}], "added": int(added)}


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation()

    @contextlib.asynccontextmanager
    async def client(_: Target) -> AsyncIterator[OnlookerClient]:
        yield made

    monkeypatch.setattr(Target, "client", client)
    monkeypatch.setenv("COLUMNS", "200")
    return made


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(__main__.app, ["enrol", *map(str, arguments)])


def files(folder: Path, *names: str) -> list[Path]:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")
    return [folder / name for name in names]


def test_the_first_picture_makes_somebody_whose_the_others_are(installation: Installation, tmp_path: Path) -> None:
    done = run("Ann", *files(tmp_path, "a.jpg", "b.jpg", "known.jpg"))
    assert done.exit_code == 0
    assert installation.faces_of == {"Ann-0": ["a.jpg", "b.jpg"]}
    assert "1 person; 3 pictures: 2 taken, 1 known" in done.stdout


def test_who_is_there_already_gets_the_faces(installation: Installation, tmp_path: Path) -> None:
    installation.people_by_name["Ann"] = ["Ann-7"]
    assert run("Ann", *files(tmp_path, "a.jpg")).exit_code == 0
    assert installation.faces_of == {"Ann-7": ["a.jpg"]}


def test_of_several_of_a_name_the_id_says_who_is_meant(installation: Installation, tmp_path: Path) -> None:
    installation.people_by_name["Ann"] = ["Ann-0", "Ann-1"]
    paths = files(tmp_path, "a.jpg")
    asked = run("Ann", *paths)
    assert asked.exit_code == 1
    assert "Say which one is meant: --id, of Ann-0, Ann-1." in asked.stdout
    assert run("Ann", *paths, "--id", "Ann-1").exit_code == 0
    assert installation.faces_of == {"Ann-1": ["a.jpg"]}


def test_an_id_of_somebody_else_is_no_slip_of_the_pen(installation: Installation, tmp_path: Path) -> None:
    ended = run("Ann", *files(tmp_path, "a.jpg"), "--id", "Ben-0")
    assert isinstance(ended.exception, ConfigurationError)
    assert installation.faces_of == {}


def test_another_one_of_that_name_is_somebody_new(installation: Installation, tmp_path: Path) -> None:
    installation.people_by_name["Ann"] = ["Ann-0"]
    run("Ann", *files(tmp_path, "a.jpg", "b.jpg"), "--another")
    assert installation.faces_of == {"Ann-1": ["a.jpg", "b.jpg"]}


def test_a_refused_picture_says_why_and_stops_no_other(installation: Installation, tmp_path: Path) -> None:
    paths = files(tmp_path, "bad.jpg", "b.jpg")
    done = run("Ann", *paths, "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert [(each["stage"], each["person_id"], each["reason"], each["detail"]) for each in told] == [
        ("refused", None, "no_face", REFUSED),
        ("taken", "Ann-0", None, None),
    ]
    assert told[0]["path"] == str(paths[0])
    assert REFUSED in run("Ann", *paths).stdout


def test_a_face_that_is_somebody_elses_is_told_with_what_to_do(installation: Installation, tmp_path: Path) -> None:
    paths = files(tmp_path, "ben.jpg")
    refused = run("Ann", *paths)
    assert refused.exit_code == 1
    assert (
        "This face is known as Ben's, to 98.2 %. If they are the same: enrol it as Ben; if not: --even-if-known."
        in refused.stdout
    )
    assert run("Ann", *paths, "--even-if-known").exit_code == 0


def test_a_stranger_whose_face_it_is_gets_the_name(installation: Installation, tmp_path: Path) -> None:
    installation.state_of_ben = "unknown"
    assert "onlooker people rename Ben-0 'Ann B.'" in run("Ann B.", *files(tmp_path, "ben.jpg")).stdout


def test_a_folder_has_a_folder_for_each_person(installation: Installation, tmp_path: Path) -> None:
    files(tmp_path, "Ann/1.jpg", "Ann/older/2.png", "Béla B./1.jpg", "Béla B./notes.txt", ".hidden/1.jpg", "README.md")
    done = run("--folder", tmp_path)
    assert done.exit_code == 0
    assert installation.faces_of == {"Ann-0": ["1.jpg", "2.png"], "Béla B.-0": ["1.jpg"]}
    assert "2 people; 3 pictures: 3 taken" in done.stdout


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (["Ann/1.jpg", "2.jpg"], "2.jpg is in no person's folder"),
        (["Ann/notes.txt"], "No pictures in"),
        (["README.md"], "has no folders of people"),
    ],
)
def test_a_folder_of_which_not_all_is_clear_enrols_nobody(tmp_path: Path, inside: list[str], told: str) -> None:
    files(tmp_path, *inside)
    with pytest.raises(ConfigurationError, match=told):
        of_folder(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [[], ["Ann"], ["Ann", "a.jpg", "--folder", "."], ["Ann", "a.jpg", "--id", "0", "--another"], ["Ann", "gone.jpg"]],
)
def test_what_cannot_be_meant_is_wrong_usage(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: list[str]
) -> None:
    files(tmp_path, "a.jpg")
    monkeypatch.chdir(tmp_path)
    assert run(*wrong).exit_code == 2
    assert installation.faces_of == {}


@pytest.mark.parametrize("status", [0, 401, 403])
async def test_what_would_fail_for_all_ends_it(tmp_path: Path, status: int) -> None:
    client = Installation()
    client.refusal = ApiError(status, "no use")
    people = [
        Wanted("Ann", tuple(files(tmp_path, "bad.jpg", "a.jpg"))),
        Wanted("Ben", tuple(files(tmp_path, "bad2.jpg"))),
    ]
    with pytest.raises(ApiError, match="no use"):
        await enrol_all(client, people, even_if_known=False, settled=lambda _: None)
    assert client.faces_of == {}
