"""Where somebody may upload to, how a body is passed on, and what is said of what came of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from onlooker_console.apis import Outcome, RefusedError
from onlooker_console.uploads.destinations import Destination, destinations
from onlooker_console.uploads.form import Form
from onlooker_console.uploads.outcomes import TAKEN_NAME, sent
from onlooker_console.uploads.sending import StalledError, pieces
from onlooker_shared.errors import BadRequestError
from onlooker_shared.keys import Principal, Scope

LISTED = {
    "buckets": [
        {"name": "annotated", "writable": False},
        {"name": "faces", "writable": True},
        {"name": "images", "writable": True},
    ]
}


def a_key(bucket: str | None = None) -> Principal:
    return Principal("k", "somebody", frozenset({Scope.IMAGES_WRITE}), bucket=bucket)


def test_pictures_go_to_where_they_are_recognized_unless_somebody_says_otherwise() -> None:
    assert destinations(LISTED, a_key(), "images") == (
        Destination("images", recognized=True),
        Destination("faces", recognized=False),
    )


@pytest.mark.parametrize(("bound", "expected"), [(None, "images"), ("faces", "faces")])
def test_where_no_list_can_be_had_the_obvious_bucket_is_offered(bound: str | None, expected: str) -> None:
    (only,) = destinations(None, a_key(bound), "images")
    assert (only.name, only.recognized) == (expected, expected == "images")


def test_what_became_of_a_file_is_said_in_words() -> None:
    assert sent("a.jpg", Outcome(value="1" * 32)).image_id == "1" * 32
    assert sent("a.jpg", Outcome(error=RefusedError(415, "This is text."))).problem == "This is text."
    assert sent("a.jpg", Outcome(error=RefusedError(412, "At least one of the conditions..."))).problem == TAKEN_NAME


def a_form(*names: str, **fields: str) -> FormData:
    files = [("pictures", UploadFile(file=None, filename=name)) for name in names]
    return FormData([*fields.items(), *files])


@pytest.mark.parametrize(
    ("folder", "name", "key"),
    [
        ("", "a.jpg", "a.jpg"),
        (" /trips/2026/ ", "a.jpg", "trips/2026/a.jpg"),
        ("trips", "C:\\photos\\a.jpg", "trips/a.jpg"),  # some browsers send the whole path
    ],
)
def test_a_file_of_a_form_goes_into_the_folder(folder: str, name: str, key: str) -> None:
    form = Form.read(a_form(name, bucket="images", folder=folder))
    assert [form.key(file) for file in form.files] == [key]
    assert not form.replace


@pytest.mark.parametrize("form", [a_form(bucket="images"), a_form("", bucket="images"), a_form("a.jpg")])
def test_a_form_without_a_file_or_a_place_is_refused(form: FormData) -> None:
    with pytest.raises(BadRequestError):
        Form.read(form)


def a_request(*messages: Mapping[str, object]) -> Request:
    """One whose body comes in these messages, and then nothing more."""
    left = iter(messages)

    async def receive() -> Message:
        for message in left:
            return dict(message)
        await asyncio.Event().wait()
        raise AssertionError

    return Request({"type": "http", "method": "PUT", "headers": []}, receive)


def a_piece(body: bytes, *, more: bool = True) -> dict[str, object]:
    return {"type": "http.request", "body": body, "more_body": more}


async def collect(body: AsyncIterator[bytes]) -> list[bytes]:
    return [piece async for piece in body]


async def test_a_body_is_passed_on_piece_by_piece() -> None:
    body = pieces(a_request(a_piece(b"a"), a_piece(b""), a_piece(b"b", more=False)))
    assert await anext(body) == b"a"  # before the rest is there
    assert await collect(body) == [b"b"]


async def test_a_body_that_stops_coming_is_given_up() -> None:
    body = pieces(a_request(a_piece(b"a")), patience=0.01)
    assert await anext(body) == b"a"
    with pytest.raises(StalledError):
        await anext(body)


async def test_a_sender_who_leaves_does_not_look_like_the_end() -> None:
    with pytest.raises(ClientDisconnect):
        await collect(pieces(a_request(a_piece(b"a"), {"type": "http.disconnect"})))
