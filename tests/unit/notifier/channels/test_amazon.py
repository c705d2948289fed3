"""What AWS's channels say no to for good, and what is only for now."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from onlooker_notifier import notices
from onlooker_notifier.channels.kinds import EmailSettings, SnsSettings
from onlooker_notifier.channels.message import Message, Receipt, RefusedError, UnansweredError
from onlooker_notifier.channels.senders.ses import Ses
from onlooker_notifier.channels.senders.sns import Sns
from onlooker_notifier.letters.letters import Letter
from recognitions import a_recognition, an_image

MESSAGE = Message(
    delivery_id="1",
    rule_id="rule",
    rule_name="Rule",
    letter=Letter(subject="A picture was recognized", text="cat.jpg", html="<p>cat.jpg</p>"),
    notices=(notices.recognized(an_image(), a_recognition()),),
    told_at=datetime(2026, 11, 20, tzinfo=UTC),
)


class Refusing:
    """SES and SNS in one, which answer everything with one error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def send_raw_email(self, **_: Any) -> None:
        raise self._error

    async def publish(self, **_: Any) -> None:
        raise self._error


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "Because."}}, "Send")


async def mail(client: Any, sender: str | None = "onlooker@example.com") -> Receipt:
    return await Ses(client, None, sender=sender).send(EmailSettings(to=("ann@example.com",)), None, MESSAGE)


async def publish(client: Any) -> Receipt:
    topic = SnsSettings(topic_arn="arn:aws:sns:us-east-1:000000000000:alerts")
    return await Sns(client).send(topic, None, MESSAGE)


@pytest.mark.parametrize("send", [mail, publish])
@pytest.mark.parametrize("code", ["InvalidParameterValue", "AccessDenied"])
async def test_what_somebody_has_to_mend_is_refused_with_the_channels_words(send: Any, code: str) -> None:
    with pytest.raises(RefusedError, match=f"{code}: Because.") as refused:
        await send(Refusing(error(code)))
    assert refused.value.code == code


@pytest.mark.parametrize("send", [mail, publish])
@pytest.mark.parametrize(
    "outage",
    [*map(error, ["Throttling", "InternalFailure", "ExpiredToken"]), EndpointConnectionError(endpoint_url="http://x")],
    ids=str,
)
async def test_what_passes_by_itself_is_no_refusal(send: Any, outage: Exception) -> None:
    with pytest.raises(UnansweredError):
        await send(Refusing(outage))


async def test_without_a_sender_a_mail_is_refused_and_says_which_setting_is_missing() -> None:
    with pytest.raises(RefusedError, match="ONLOOKER_NOTIFIER_EMAIL_FROM"):
        await mail(Refusing(error("Unused")), sender=None)
