"""`onlooker delete` and `onlooker again`: what is asked of an installation, and what is said."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from typer.testing import CliRunner

from onlooker import __main__
from onlooker.client import ApiError, OnlookerClient
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError

ID = "f97c5e0fd535580307fd3cb212fbe725"
BEFORE, REQUESTED, LATER = (f"2026-11-21T12:00:0{second}Z" for second in range(3))


def recognized(at: str) -> dict[str, Any]:
    found = {"faces": [{}], "labels": [{}, {}], "recognized_at": at}
    return {"state": "recognized", "recognition": found}


def failed(at: str | None) -> dict[str, Any]:
    return {"state": "failed", "reason": "The JPEG is truncated.", "failed_at": at}


class Installation(OnlookerClient):
    """Has one picture, and notes what is asked of it."""

    def __init__(self) -> None:
        self.deleted: list[tuple[str, str, str | None]] = []
        self.again: list[str] = []
        self.known: list[dict[str, Any] | ApiError] = [recognized(BEFORE)]
        """What is told of it, one look after the other; the last for good."""

    async def recognition(self, image_id: str) -> dict[str, Any]:
        assert image_id == ID
        told = self.known.pop(0) if len(self.known) > 1 else self.known[0]
        if isinstance(told, ApiError):
            raise told
        return {"image": {"bucket": "images", "key": "folder/cat.jpg", "etag": "e1"}, **told}

    async def search(self, parameters: Any) -> dict[str, Any]:
        asked = (parameters.get("bucket", "images"), parameters["prefix"])
        documents = [{"key": "folder/cat.jpg", "image_id": ID}] if asked == ("images", "folder/cat.jpg") else []
        return {"images": documents, "cursor": None}

    async def delete(self, bucket: str, key: str, *, etag: str | None = None) -> None:
        if key == "gone.jpg":
            raise ApiError(404, "There is no object 'gone.jpg' in the bucket 'images'.")
        self.deleted.append((bucket, key, etag))

    async def recognize_again(self, image_id: str) -> dict[str, Any]:
        if image_id != ID:
            raise ApiError(404, f"Nothing is known about a picture with the id {image_id} (yet).")
        self.again.append(image_id)
        return {"requested_at": REQUESTED}


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


def test_it_asks_before_it_deletes(installation: Installation) -> None:
    no = run("delete", "images/a.jpg", answer="n\n")
    nothing = run("delete", "images/a.jpg")
    assert (no.exit_code, nothing.exit_code, installation.deleted) == (1, 1, [])
    assert "images/a.jpg" in no.stderr
    assert "Delete 1 picture, and everything that is known of them?" in no.stderr

    yes = run("delete", "images/a.jpg", answer="y\n")
    assert yes.exit_code == 0
    assert yes.stdout.endswith("1 picture deleted\n")
    assert installation.deleted == [("images", "a.jpg", None)]


def test_many_are_not_all_named_in_the_question(installation: Installation) -> None:
    asked = run("delete", *(f"images/{n}.jpg" for n in range(12)), answer="n\n")
    assert "images/9.jpg" in asked.stderr
    assert "images/10.jpg" not in asked.stderr
    assert "and 2 more" in asked.stderr
    assert "Delete 12 pictures" in asked.stderr


def test_an_id_means_that_version_and_a_key_whatever_is_there(installation: Installation) -> None:
    assert run("delete", "--yes", ID, "images/a b/../ü.jpg", ID).exit_code == 0
    assert installation.deleted == [("images", "folder/cat.jpg", "e1"), ("images", "a b/../ü.jpg", None)]


def test_what_cannot_be_deleted_is_named_and_the_rest_is_deleted(installation: Installation) -> None:
    ended = run("delete", "--yes", "images/gone.jpg", "images/a.jpg")
    assert ended.exit_code == 1
    assert "images/gone.jpg: There is no object" in ended.stderr
    assert ended.stdout == "1 picture deleted\n"
    assert installation.deleted == [("images", "a.jpg", None)]


@pytest.mark.parametrize("image", ["cat.jpg", "/cat.jpg", "images/", "", ID[:-1]])
def test_what_names_no_picture_deletes_nothing(installation: Installation, image: str) -> None:
    ended = run("delete", "--yes", "images/a.jpg", image)
    assert isinstance(ended.exception, ConfigurationError)
    assert "neither BUCKET/KEY nor an image id" in str(ended.exception)
    assert installation.deleted == []


def test_pictures_are_recognized_again_by_id_and_by_key(installation: Installation) -> None:
    ended = run("again", ID, "folder/cat.jpg", "images/folder/cat.jpg", "0" * 32, "unknown.jpg", "faces/folder/cat.jpg")
    assert ended.exit_code == 1
    assert installation.again == [ID, ID, ID]
    assert f"folder/cat.jpg: will be recognized again; see `onlooker show {ID}`" in ended.stdout
    assert f"{'0' * 32}: Nothing is known" in ended.stderr
    assert "unknown.jpg: No picture with the key" in ended.stderr
    assert "faces/folder/cat.jpg: No picture with the key" in ended.stderr


async def no_pause(_: float) -> None:
    """Look again at once."""


@pytest.mark.parametrize("before", [recognized(BEFORE), failed(BEFORE), failed(None), ApiError(503, "", retry_after=1)])
def test_who_waits_hears_what_came_out_once_it_is_new(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, before: Any
) -> None:
    monkeypatch.setattr(asyncio, "sleep", no_pause)
    installation.known = [before, before, recognized(LATER)]
    ended = run("again", ID, "--wait")
    assert ended.exit_code == 0
    assert ended.stdout.endswith(f"{ID}: recognized, 1 face, 2 labels\n")
    assert installation.known == [recognized(LATER)]


@pytest.mark.parametrize(
    ("comes", "told"),
    [(failed(LATER), "The JPEG is truncated."), (ApiError(404, "Nothing is known of it."), "Nothing is known of it.")],
    ids=["fails", "is deleted"],
)
def test_who_waits_for_one_that_fails_hears_why(installation: Installation, comes: Any, told: str) -> None:
    installation.known = [comes]
    ended = run("again", "--wait", ID)
    assert ended.exit_code == 1
    assert f"{ID}: {told}" in ended.stderr


def test_nobody_waits_for_ever(installation: Installation) -> None:
    ended = run("again", "--wait", "--patience", "0", ID)
    assert ended.exit_code == 1
    assert "not done after 0 s; `onlooker queues` shows" in ended.stderr
