"""A right that is missing is told before a picture has to go without what needs it."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from onlooker_recognizer.permissions import Permissions
from onlooker_shared.errors import ConfigurationError

OPERATIONS = ("DetectFaces", "DetectText")


def refusal(code: str, status: int = 400) -> ClientError:
    metadata: Any = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code, "Message": "by script"}, "ResponseMetadata": metadata}, "DetectText")


class Client:
    """Rekognition's client, to which no picture is sent."""

    def __init__(self, text: Exception) -> None:
        self.text = text
        self.asked: Counter[str] = Counter()

    async def detect_faces(self, **_: Any) -> None:
        self.asked["DetectFaces"] += 1
        raise refusal("InvalidImageFormatException")

    async def detect_text(self, **_: Any) -> None:
        self.asked["DetectText"] += 1
        raise self.text


def permissions(client: Client) -> Permissions:
    return Permissions(client, {operation: {} for operation in OPERATIONS})  # the operations that are used


async def test_what_is_allowed_is_asked_once() -> None:
    client = Client(refusal("InvalidImageFormatException"))
    checked = permissions(client)
    for _ in range(3):
        await checked.check()
    assert client.asked == {"DetectFaces": 1, "DetectText": 1}


async def test_what_is_denied_is_named_with_what_to_do_until_it_is_mended() -> None:
    client = Client(refusal("AccessDeniedException"))
    checked = permissions(client)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match=r"denies DetectText: allow rekognition:DetectText, or take .*"):
            await checked.check()
    client.text = refusal("InvalidImageFormatException")
    await checked.check()
    assert client.asked == {"DetectFaces": 1, "DetectText": 3}


async def test_what_is_denied_later_is_asked_again() -> None:
    client = Client(refusal("InvalidImageFormatException"))
    checked = permissions(client)
    await checked.check()
    client.text = refusal("AccessDeniedException")
    checked.doubt("DetectText")
    with pytest.raises(ConfigurationError):
        await checked.check()


@pytest.mark.parametrize(
    "error",
    [
        refusal("InternalServerError", 500),
        refusal("ThrottlingException"),
        EndpointConnectionError(endpoint_url="http://x"),
    ],
)
async def test_no_answer_is_no_permission(error: Exception) -> None:
    checked = permissions(Client(error))
    with pytest.raises(type(error)):
        await checked.check()
