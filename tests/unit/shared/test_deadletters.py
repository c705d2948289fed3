"""What a dead letter says of itself, however broken its message is."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from onlooker_shared.images import image_id
from onlooker_shared.messages import ImageDeleted
from onlooker_shared.queue.deadletters import DeadLetter
from onlooker_shared.queue.received import Received
from recognitions import an_image, failed

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def letter(body: str, **attributes: str) -> DeadLetter:
    return DeadLetter.of(Received("id", "handle", body, 51, NOON, attributes))


def event(**stored: Any) -> str:
    return json.dumps({"Records": [{"s3": {"bucket": {"name": "images"}, "object": stored}}]})


def test_a_message_of_ours_names_its_picture() -> None:
    found = letter(failed(an_image("a b.jpg")).model_dump_json(), Reason="truncated")
    assert (found.reason, found.died_at, found.type) == ("truncated", NOON, "image.failed.v1")
    assert (found.bucket, found.key, found.image_id) == ("images", "a b.jpg", an_image("a b.jpg").image_id)
    assert found.summary == "image.failed.v1 images/a b.jpg"


def test_a_deletion_names_its_object() -> None:
    found = letter(ImageDeleted(bucket="images", key="cat.jpg", deleted_at=NOON).model_dump_json())
    assert (found.summary, found.image_id) == ("image.deleted.v1 images/cat.jpg", None)


def test_what_sqs_moved_itself_does_not_say_when_it_died() -> None:
    found = letter("{}")
    assert (found.reason, found.died_at) == ("received 51 times without success", None)


@pytest.mark.parametrize(
    ("stored", "version"),
    [({"eTag": "e"}, "e"), ({"eTag": "e", "versionId": "v"}, "v"), ({"eTag": "e", "versionId": "null"}, "e")],
)
def test_an_event_of_s3_names_its_picture(stored: dict[str, str], version: str) -> None:
    found = letter(event(key="my+photo%C3%A9.jpg", **stored))
    assert (found.type, found.key, found.summary) == ("s3.event", "my photoé.jpg", "images/my photoé.jpg")
    assert found.image_id == image_id("images", "my photoé.jpg", version)


@pytest.mark.parametrize(
    "body", ["", "no JSON", "[]", "1", '{"Records": []}', '{"type": 1}', '{"type": "x", "image": 1}']
)
def test_of_anything_else_its_beginning_is_shown(body: str) -> None:
    found = letter(body)
    assert (found.summary, found.bucket) == (body, None)
    assert len(letter(body + "x" * 1000).summary) == 100
