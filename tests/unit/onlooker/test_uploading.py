"""Sending many pictures and waiting for them, against a client that answers as it is told."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onlooker.client import ApiError, OnlookerClient
from onlooker.pictures import Picture
from onlooker.uploading import Uploaded, upload_all, wait_for


class FakeClient(OnlookerClient):
    """Accepts what it is not told to refuse; documents appear after some looks, which are answered by `away`."""

    def __init__(
        self,
        refused: dict[str, ApiError] | None = None,
        looks: int = 0,
        away: ApiError = ApiError(404, "not yet"),  # noqa: B008 - raised, never changed
    ) -> None:
        self.away = away
        self.refused = refused or {}
        self.documents: dict[str, dict[str, Any]] = {}
        self.looks = looks

    async def upload(self, path: Path, bucket: str, key: str, sent: Callable[[int], None] = lambda _: None) -> str:
        if key in self.refused:
            raise self.refused[key]
        data = path.read_bytes()
        sent(len(data))
        return f"id of {key}"

    async def document(self, image_id: str) -> dict[str, Any]:
        if self.looks > 0:
            self.looks -= 1
            raise self.away
        return self.documents[image_id]


def _pictures(folder: Path, *names: str) -> list[Picture]:
    for name in names:
        (folder / name).write_bytes(b"12345")
    return [Picture(folder / name, name) for name in names]


def _nothing(_: object) -> None:
    pass


async def test_a_refused_picture_does_not_stop_the_others(tmp_path: Path) -> None:
    client = FakeClient({"b": ApiError(415, "This is text.")})
    seen: list[int] = []
    results = await upload_all(client, "bucket", _pictures(tmp_path, "a", "b", "c"), sent=seen.append, settled=_nothing)
    assert [(r.picture.key, r.stage, r.reason) for r in results] == [
        ("a", "sent", None),
        ("b", "refused", "This is text."),
        ("c", "sent", None),
    ]
    assert sum(seen) == 10


async def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    (result,) = await upload_all(
        FakeClient(), "bucket", [Picture(tmp_path / "gone", "gone")], sent=_nothing, settled=_nothing
    )
    assert result.stage == "refused"
    assert "No such file" in (result.reason or "")


@pytest.mark.parametrize("status", [0, 401])
async def test_what_would_fail_for_all_ends_it(tmp_path: Path, status: int) -> None:
    client = FakeClient({"a": ApiError(status, "no use")})
    with pytest.raises(ApiError, match="no use"):
        await upload_all(client, "bucket", _pictures(tmp_path, "a", "b"), sent=_nothing, settled=_nothing)


async def test_waiting_ends_when_annotated_failed_or_out_of_patience(tmp_path: Path) -> None:
    client = FakeClient(looks=2)
    client.documents = {
        "1": {"state": "recognized", "annotated": {"key": "annotated/1.jpg"}},
        "2": {"state": "failed", "reason": "truncated", "annotated": None},
        "3": {"state": "recognized", "annotated": None},
    }
    sent = [Uploaded(Picture(tmp_path, image_id), "sent", image_id) for image_id in "123"]
    refused = Uploaded(Picture(tmp_path, "4"), "refused", reason="text")
    results = await wait_for(client, [*sent, refused], patience=0.4, settled=_nothing)
    assert [r.stage for r in results] == ["done", "failed", "overdue", "refused"]
    assert results[1].reason == "truncated"


async def test_patience_is_lost_once_and_not_with_each_picture(tmp_path: Path) -> None:
    client = FakeClient()
    client.documents = {
        f"{n}": {"state": "recognized", "annotated": {"key": "a"} if n == 50 else None} for n in range(100)
    }
    sent = [Uploaded(Picture(tmp_path, image_id), "sent", image_id) for image_id in client.documents]
    async with asyncio.timeout(2):
        results = await wait_for(client, sent, patience=0.1, settled=_nothing)
    assert [r.stage for r in results] == ["overdue"] * 50 + ["done"] + ["overdue"] * 49


async def test_an_installation_that_asks_to_come_back_later_is_waited_for(tmp_path: Path) -> None:
    client = FakeClient(looks=1, away=ApiError(503, "The index does not answer.", retry_after=5))
    client.documents = {"1": {"state": "recognized", "annotated": {"key": "a"}}}
    (result,) = await wait_for(client, [Uploaded(Picture(tmp_path, "1"), "sent", "1")], patience=5, settled=_nothing)
    assert result.stage == "done"
