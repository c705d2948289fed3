"""Calls are paced, counted, and tried again only where that helps."""

import asyncio
from collections import deque
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from onlooker_recognizer.calls import BROKEN_TRIES, THROTTLED_TRIES, Calls
from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.metrics import CALLS
from onlooker_recognizer.permissions import Permissions
from onlooker_recognizer.questions import Questions
from onlooker_recognizer.rates import Pace
from onlooker_recognizer.rekognition import Rekognition
from onlooker_shared.errors import ConfigurationError, RetryLater
from onlooker_shared.recognition import Feature, Missing

IMAGE: Any = {"Bytes": b"picture"}
BOTH: tuple[Feature, ...] = ("faces", "labels")
BROKEN = ConnectionClosedError(endpoint_url="http://x")


def refusal(code: str, status: int = 400) -> ClientError:
    metadata: Any = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code, "Message": "by script"}, "ResponseMetadata": metadata}, "DetectFaces")


class Client:
    """Rekognition's client: DetectFaces by script, DetectLabels when it is let."""

    def __init__(self, *script: Exception, text: Exception | None = None) -> None:
        self.script = deque(script)
        self.text = text
        self.faces = self.labels = 0
        self.labels_cancelled = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def detect_faces(self, **_: Any) -> dict[str, Any]:
        self.faces += 1
        if self.script:
            raise self.script.popleft()
        return {"FaceDetails": [], "ResponseMetadata": {"RequestId": "1"}}

    async def detect_text(self, **_: Any) -> dict[str, Any]:
        if self.text is not None:
            raise self.text
        return {"TextDetections": []}

    async def detect_labels(self, **_: Any) -> dict[str, Any]:
        self.labels += 1
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.labels_cancelled = True
            raise
        return {"Labels": [], "ResponseMetadata": {"RequestId": "2"}}


def permitted(client: Client) -> Permissions:
    return Permissions(client, {"DetectText": {}})  # the operations that are used


def adapter(
    client: Client,
    waits: list[float] | None = None,
    permissions: Permissions | None = None,
    charged: list[str] | None = None,
) -> Rekognition:
    slept = waits if waits is not None else []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    calls = Calls(
        client,  # the operations that are used
        paces={operation: Pace(1000) for operation in ("DetectFaces", "DetectLabels", "DetectText")},
        count=[].extend if charged is None else charged.extend,
        sleep=sleep,
        jitter=lambda: 1.0,
    )
    return Rekognition(
        calls,
        questions=Questions(max_labels=10, min_confidence=55),
        permissions=permissions or permitted(client),
    )


def counted(operation: str, outcome: str) -> float:
    return float(CALLS.labels(operation, outcome)._value.get())


async def test_both_answers_come_without_the_wrapping() -> None:
    answers = await adapter(Client()).recognize(IMAGE, BOTH)
    assert answers.by_operation == {"DetectFaces": {"FaceDetails": []}, "DetectLabels": {"Labels": []}}
    assert (answers.features, answers.denied) == (BOTH, ())


async def test_answered_calls_are_counted_and_charged() -> None:
    charged: list[str] = []
    faces, throttled = counted("DetectFaces", "ok"), counted("DetectFaces", "throttled")
    await adapter(Client(refusal("ThrottlingException")), charged=charged).recognize(IMAGE, BOTH)
    assert sorted(charged) == ["DetectFaces", "DetectLabels"]
    assert counted("DetectFaces", "ok") - faces == 1
    assert counted("DetectFaces", "throttled") - throttled == 1


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
async def test_a_throttled_call_is_tried_again_after_growing_waits(code: str) -> None:
    waits: list[float] = []
    client = Client(*[refusal(code)] * (THROTTLED_TRIES - 1))
    await adapter(client, waits).recognize(IMAGE, BOTH)
    assert client.faces == THROTTLED_TRIES
    assert waits == sorted(waits)
    assert len(set(waits)) == THROTTLED_TRIES - 1
    assert sum(waits) < 15  # a message's time-out is longer


async def test_a_call_that_stays_throttled_is_left_for_later_without_a_pause_for_others() -> None:
    with pytest.raises(RetryLater, match="too fast") as caught:
        await adapter(Client(*[refusal("ThrottlingException")] * THROTTLED_TRIES)).recognize(IMAGE, BOTH)
    assert not caught.value.pause


@pytest.mark.parametrize("code", ["InvalidImageFormatException", "ImageTooLargeException"])
async def test_a_picture_that_is_refused_is_not_tried_again(code: str) -> None:
    client = Client(refusal(code))
    with pytest.raises(PictureRefusedError, match="by script"):
        await adapter(client).recognize(IMAGE, BOTH)
    assert client.faces == 1


@pytest.mark.parametrize("error", [BROKEN, refusal("InternalServerError", 500)])
async def test_a_call_that_did_not_get_through_is_tried_once_more(error: Exception) -> None:
    client = Client(error)
    await adapter(client).recognize(IMAGE, BOTH)
    assert client.faces == 2

    with pytest.raises(type(error)):
        await adapter(Client(*[error] * BROKEN_TRIES)).recognize(IMAGE, BOTH)


async def test_other_errors_are_not_tried_again() -> None:
    client = Client(refusal("InvalidParameterException"))
    with pytest.raises(ClientError):
        await adapter(client).recognize(IMAGE, BOTH)
    assert client.faces == 1


async def test_when_one_call_fails_the_other_is_given_up() -> None:
    client = Client(refusal("InvalidImageFormatException"))
    client.gate.clear()
    with pytest.raises(PictureRefusedError):
        await adapter(client).recognize(IMAGE, BOTH)
    await asyncio.sleep(0)
    assert client.labels_cancelled


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnknownOperationException"])
async def test_a_feature_that_is_denied_takes_no_other_with_it(code: str) -> None:
    client = Client(text=refusal(code))
    permissions, denied = permitted(client), counted("DetectText", "denied")
    answers = await adapter(client, permissions=permissions).recognize(IMAGE, ["faces", "text"])

    assert set(answers.by_operation) == {"DetectFaces"}
    assert answers.features == ("faces",)
    assert answers.denied == (
        Missing(feature="text", reason="Rekognition's DetectText is not allowed or not offered here."),
    )
    assert counted("DetectText", "denied") - denied == 1
    with pytest.raises(ConfigurationError, match="rekognition:DetectText"):
        await permissions.check()


async def test_where_everything_is_denied_nothing_is_made_of_the_picture() -> None:
    client = Client(refusal("AccessDeniedException"), text=refusal("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDenied"):
        await adapter(client).recognize(IMAGE, ["faces", "text"])


async def test_nothing_that_is_wanted_is_nothing_asked() -> None:
    assert (await adapter(Client()).recognize(IMAGE, [])).by_operation == {}
