"""Who presses the test button is told what happened, whatever that was."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from letterbox import a_message
from onlooker_notifier.channels.kinds import IotSettings
from onlooker_notifier.channels.message import Receipt, RefusedError, UnansweredError
from onlooker_notifier.channels.sending import Target
from onlooker_notifier.channels.trying import Trying

TARGET = Target("channel:1", "iot", "rekognition", IotSettings())


class OneWay:
    """Channels and fuses in one: sending comes out in one way, and who works again is remembered."""

    def __init__(self, comes_out: Receipt | Exception) -> None:
        self._comes_out = comes_out
        self.works: list[str] = []

    async def send(self, _target: Target, _message: object) -> Receipt:
        if isinstance(self._comes_out, Exception):
            raise self._comes_out
        return self._comes_out

    async def succeeded(self, key: str) -> None:
        self.works.append(key)


async def test_what_an_error_says_is_nothing_for_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    channels: Any = OneWay(ValueError("hunter2"))

    await Trying(channels, channels).take(TARGET, a_message())

    logged = capsys.readouterr().out
    assert "channel.fault" in logged
    assert "test_trying.py:" in logged
    assert "hunter2" not in logged


@pytest.mark.parametrize(
    ("comes_out", "status", "answer"),
    [
        (Receipt("42", "thanks"), "sent", "thanks"),
        (RefusedError("HTTP404", "HTTP 404: no such topic"), "refused", "HTTP 404: no such topic"),
        (UnansweredError("HTTP500", "HTTP 500: out of order"), "unanswered", "HTTP 500: out of order"),
        (TimeoutError(), "unanswered", "TimeoutError"),
        (ValueError("secret"), "unanswered", "Onlooker itself failed: ValueError. Its log says more."),
    ],
)
async def test_what_happened_is_told(comes_out: Any, status: str, answer: str) -> None:
    channels: Any = OneWay(comes_out)

    tried = await Trying(channels, channels).take(TARGET, a_message())

    assert (tried.status, tried.answer) == (status, answer)
    assert channels.works == (["channel:1"] if status == "sent" else []), "its fuse is closed by what is taken"


async def test_what_was_taken_is_told_as_taken_though_that_cannot_be_noted() -> None:
    class Away:
        async def succeeded(self, _key: str) -> None:
            raise EndpointConnectionError(endpoint_url="http://dynamodb")

    channels: Any = OneWay(Receipt("42", "thanks"))
    fuses: Any = Away()

    tried = await Trying(channels, fuses).take(TARGET, a_message())

    assert (tried.status, tried.message_id) == ("sent", "42")
