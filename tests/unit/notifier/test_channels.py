"""What a channel says no to for good, and what is only for now."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from onlooker_notifier.channels import Channels, RefusedError
from onlooker_notifier.letters import Letter
from onlooker_notifier.rules.targets import EmailChannel, SnsChannel

MAIL = EmailChannel(to="ann@example.com")
TOPIC = SnsChannel(topic_arn="arn:aws:sns:us-east-1:000000000000:alerts")
LETTER = Letter(subject="A picture was recognized", text="cat.jpg", html="<p>cat.jpg</p>")


class Refusing:
    """SES and SNS in one, which answer everything with one error."""

    def __init__(self, code: str) -> None:
        self._error = ClientError({"Error": {"Code": code, "Message": "Because."}}, "Send")

    async def send_email(self, **_: Any) -> None:
        raise self._error

    async def publish(self, **_: Any) -> None:
        raise self._error


def channels(client: Any, sender: str | None = "onlooker@example.com") -> Channels:
    return Channels(client, client, sender=sender)


@pytest.mark.parametrize("channel", [MAIL, TOPIC], ids=["mail", "topic"])
@pytest.mark.parametrize("code", ["MessageRejected", "InvalidParameterValue", "AccessDenied", "AuthorizationError"])
async def test_what_somebody_has_to_mend_is_refused_with_the_channels_words(
    channel: EmailChannel | SnsChannel, code: str
) -> None:
    with pytest.raises(RefusedError, match=f"{code}: Because.") as refused:
        await channels(Refusing(code)).send(channel, LETTER)
    assert refused.value.code == code


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "InternalFailure", "ExpiredToken"])
async def test_what_passes_by_itself_is_no_refusal(code: str) -> None:
    with pytest.raises(ClientError):
        await channels(Refusing(code)).send(MAIL, LETTER)


async def test_without_a_sender_a_mail_is_refused_and_says_which_setting_is_missing() -> None:
    with pytest.raises(RefusedError, match="ONLOOKER_NOTIFIER_EMAIL_FROM"):
        await channels(Refusing("Unused"), sender=None).send(MAIL, LETTER)
