"""The messages as others read and write them."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from onlooker_shared.messages import (
    MESSAGE_TYPES,
    ImageAnnotated,
    ImageDeleted,
    ImageFailed,
    ImageIdentified,
    ImageRecognized,
    ObjectRef,
    Rendition,
    decode,
)
from onlooker_shared.publisher import SIZE_LIMIT, body_of
from onlooker_shared.recognition import Label, Recognition
from onlooker_shared.results import StoredFailure, StoredResult
from onlooker_shared.schemas import schemas
from recognitions import NOON, a_face, an_image

SCHEMAS = Path(__file__).parents[3] / "docs" / "messages"
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def a_recognition(labels: int = 1) -> Recognition:
    return Recognition(
        width=640,
        height=480,
        format="JPEG",
        faces=(a_face(),),
        labels=tuple(Label(name=f"Label {n}", confidence=90.0) for n in range(labels)),
        recognized_at=NOON,
    )


def recognized(labels: int = 1) -> ImageRecognized:
    return ImageRecognized(
        image=an_image(), result=ObjectRef(bucket="results", key="r.json"), recognition=a_recognition(labels)
    )


def rendition(key: str) -> Rendition:
    return Rendition(bucket="annotated", key=key, width=300, height=200, content_type="image/jpeg")


EVERY = [
    recognized(),
    ImageIdentified(**recognized().model_dump(exclude={"type"})),
    ImageFailed(image=an_image(), reason="It is no picture.", traceparent=TRACEPARENT),
    ImageAnnotated(image=an_image(), annotated=rendition("a.jpg"), thumbnail=rendition("t.jpg")),
    ImageDeleted(
        bucket="images", key="cat.jpg", sequencer="0055AED6DCD90281E5", deleted_at=NOON, image_ids=("1" * 32,)
    ),
]


def test_the_committed_schemas_are_those_of_the_code() -> None:
    committed = {path.name: path.read_text() for path in SCHEMAS.glob("image.*.json")}
    assert committed == schemas(), "run `make schemas`"


@pytest.mark.parametrize("message", EVERY, ids=lambda message: message.type)
def test_a_message_comes_out_as_it_went_in(message: Any) -> None:
    assert decode(body_of(message)) == message


def test_every_type_of_message_is_tried_here() -> None:
    assert {type(message) for message in EVERY} == set(MESSAGE_TYPES)


@pytest.mark.parametrize("message", EVERY, ids=lambda message: message.type)
def test_an_older_message_without_what_is_optional_is_read(message: Any) -> None:
    required = json.loads(schemas()[f"{message.type}.json"])["required"]
    body = json.loads(body_of(message))
    oldest = decode(json.dumps({name: body[name] for name in [*required, "type"]}))
    assert {name: getattr(oldest, name) for name in required} == {name: getattr(message, name) for name in required}
    assert oldest.traceparent is None


def test_a_newer_message_with_fields_not_known_yet_is_read() -> None:
    body = json.loads(body_of(EVERY[1])) | {"mood": "new"}
    assert decode(json.dumps(body)) == EVERY[1]


@pytest.mark.parametrize(
    "body",
    ["", "not JSON", "[]", "null", "{}", '{"type": "image.recognized.v2"}', '{"type": "image.failed.v1", "image": {}}'],
)
def test_what_is_no_message_is_refused(body: str) -> None:
    with pytest.raises(ValidationError):
        decode(body)


def test_a_recognition_too_large_for_a_queue_is_pointed_to() -> None:
    small, large = recognized(1), recognized(6_000)
    assert decode(body_of(small)) == small
    body = body_of(large)
    assert len(large.model_dump_json()) > SIZE_LIMIT > len(body.encode())
    assert decode(body) == large.model_copy(update={"recognition": None})


def test_a_stored_result_announces_itself() -> None:
    stored = StoredResult(image=an_image(), recognition=a_recognition(), rekognition={}, traceparent=TRACEPARENT)
    message = stored.message("results")
    assert message.result == ObjectRef(bucket="results", key=f"results/{an_image().image_id}.json")
    assert (message.recognition, message.traceparent) == (a_recognition(), TRACEPARENT)


def test_a_result_whose_people_were_settled_anew_says_all_that_it_said_before() -> None:
    stored = StoredResult(image=an_image(), recognition=a_recognition(), rekognition={}, traceparent=TRACEPARENT)
    before, after = stored.message("results"), stored.identified("results")
    told = {"image", "result", "recognition", "traceparent"}
    assert after.model_dump(include=told) == before.model_dump(include=told)
    assert not isinstance(after, ImageRecognized), "who tells people of new pictures is told of none"


def test_a_stored_failure_announces_itself() -> None:
    message = StoredFailure(image=an_image(), reason="torn", traceparent=TRACEPARENT).message()
    assert (message.image, message.reason, message.traceparent) == (an_image(), "torn", TRACEPARENT)


def test_a_damaged_result_says_nothing_of_whom_it_shows() -> None:
    stored = StoredResult(image=an_image(), recognition=a_recognition(), rekognition={})
    damaged = stored.model_dump_json().replace(f'"width":{stored.recognition.width}', '"width":"Ann"')
    with pytest.raises(ValidationError, match="width") as raised:
        StoredResult.model_validate_json(damaged)
    assert "Ann" not in str(raised.value)
