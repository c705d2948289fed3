"""A message is kept whole in little room, and comes back as it was, but for its id and the links of its reader."""

import base64
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from letterbox import a_message
from onlooker_notifier import notices
from onlooker_notifier.channels.message import Link, Message
from onlooker_notifier.delivering.deliveries import Delivery, Outcome
from onlooker_notifier.delivering.packing import LARGEST, packed, unpacked
from onlooker_shared.errors import ConflictError
from recognitions import a_face, a_label, a_recognition, an_image

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def delivered(message: Message) -> Delivery:
    return Delivery(
        delivery_id=message.delivery_id,
        rule_id=message.rule_id,
        rule_name=message.rule_name,
        channel="email",
        target="a@example.com",
        outcome=Outcome(status="sent", at=NOW),
        pictures=len(message.notices),
        image_ids=(),
        subject=message.letter.subject,
        text=message.letter.text,
        begun_at=NOW,
    )


def test_a_message_comes_back_as_it_was_without_the_links_of_its_reader() -> None:
    message = replace(a_message(), links=(Link("Mute", "https://example.com/secret-token"),))
    text = packed(message)
    assert unpacked(text, delivered(message), "another") == replace(message, delivery_id="another", links=())


def test_a_thousand_pictures_are_kept_whole() -> None:
    face = a_face("HAPPY", name="Ann")
    told = [
        notices.recognized(an_image(f"door/{n}.jpg", content=f"{n}"), a_recognition(face, a_label("Cat")))
        for n in range(1000)
    ]
    message = a_message(*told)
    text = packed(message)
    assert 0 < len(text) <= LARGEST
    assert unpacked(text, delivered(message), message.delivery_id).notices == message.notices


def test_what_is_too_large_is_not_kept_in_part() -> None:
    huge = replace(a_message().letter, html="".join(f"{n * 7919 % 99991:x}" for n in range(100_000)))
    assert packed(replace(a_message(), letter=huge)) == ""


@pytest.mark.parametrize(
    "text", ["no base64", base64.b64encode(b"not packed").decode(), base64.b64encode(zlib.compress(b"{}")).decode()]
)
def test_what_another_version_packed_is_refused_in_words(text: str) -> None:
    with pytest.raises(ConflictError, match="cannot be read by this version"):
        unpacked(text, delivered(a_message()), "another")
