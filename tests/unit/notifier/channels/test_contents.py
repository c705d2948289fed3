"""What the channels are told: mails with a picture, JSON that fits, numbers."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from letterbox import a_message
from onlooker_notifier import notices
from onlooker_notifier.channels.bodies import LARGEST, body, encoded
from onlooker_notifier.channels.kinds import AnySettings
from onlooker_notifier.channels.mails import Picture, mail
from onlooker_notifier.channels.senders.chat import plugin_of
from onlooker_notifier.channels.senders.cloudwatch import emotions
from onlooker_notifier.channels.senders.webhook import signature
from onlooker_shared.errors import UnprocessableError
from onlooker_shared.recognition import Emotion
from recognitions import a_face, a_recognition, an_image

WEBHOOKS = Path(__file__).parents[4] / "docs" / "webhooks.md"
SETTINGS: TypeAdapter[AnySettings] = TypeAdapter(AnySettings)


def test_a_mail_shows_its_picture_without_asking_any_server() -> None:
    message = a_message()

    made = mail(
        message, sender="me@example.com", to=("a@example.com", "b@example.com"), picture=Picture(b"jpeg", '"<x>')
    )

    text, related = made.iter_parts()
    html, picture = related.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == message.letter.text
    assert f'src="cid:{picture["Content-ID"][1:-1]}" alt="&quot;&lt;x&gt;"' in html.get_content()
    assert (picture.get_content(), picture.get_content_type()) == (b"jpeg", "image/jpeg")
    assert picture.get_content_disposition() == "inline"
    assert made["Message-ID"] == f"<{message.delivery_id}@example.com>"
    assert made["Auto-Submitted"] == "auto-generated"


def test_foreign_words_add_no_header_to_a_mail() -> None:
    evil = notices.recognized(an_image("x\r\nBcc: eve@example.com"), a_recognition(a_face(name="A\r\nBcc: eve@e.com")))

    made = mail(a_message(evil), sender="me@example.com", to=("a@example.com",))

    assert made["Bcc"] is None
    assert all(len(line) < 998 for line in made.as_bytes().split(b"\r\n"))


def test_json_tells_of_as_many_pictures_as_fit_and_how_many_there_are() -> None:
    long = "\N{GRINNING FACE}" * 250
    many = [
        notices.recognized(an_image(f"{long}{n}"), a_recognition(*(a_face(name=f"{long}{i}") for i in range(30))))
        for n in range(200)
    ]

    told = body(a_message(*many))

    assert len(encoded(told)) <= LARGEST
    assert told["picture_count"] == 200
    assert 1 <= len(told["pictures"]) < 200
    assert json.loads(encoded(told)) == told


def test_json_says_what_was_seen_where() -> None:
    message = a_message()

    told = body(message)

    [notice], [picture] = message.notices, told["pictures"]
    assert (told["type"], told["rule"]) == ("alert.v1", {"id": "cats", "name": "Cats"})
    assert picture["persons"] == ["Ann"]
    assert picture["link"] == f"https://onlooker.example.com/pictures/{notice.image_id}"
    assert told["told_at"] == "2026-11-20T12:01:00.000Z"


def test_the_signature_is_the_documented_one() -> None:
    assert signature("0123456789abcdef", "1800000000", b'{"a":1}') == (
        "v1=d3e17924cac4a72ca2ee9e5700df170fdb5733eaf69ecd909fb0c18a962b03a5"
    )


def test_the_documented_way_to_verify_takes_what_is_sent_and_nothing_else() -> None:
    documented = re.search(r"```python\n(.*?)```", WEBHOOKS.read_text(), re.DOTALL)
    assert documented is not None
    names: dict[str, Any] = {}
    exec(documented[1], names)
    genuine, now, content = names["is_from_onlooker"], str(int(time.time())), encoded(body(a_message()))

    assert genuine("secret", now, signature("secret", now, content), content)
    assert not genuine("another", now, signature("secret", now, content), content)
    assert not genuine("secret", now, signature("secret", now, content), content + b" ")
    assert not genuine("secret", "1800000000", signature("secret", "1800000000", content), content)


def test_emotions_over_ten_percent_are_numbers() -> None:
    face = a_face().model_copy(
        update={"emotions": (Emotion(type="HAPPY", confidence=90), Emotion(type="SAD", confidence=10))}
    )

    [metric] = emotions([a_recognition(face, face)])

    assert metric["Dimensions"] == [{"Name": "Type", "Value": "HAPPY"}]
    assert (metric["Values"], metric["Counts"], metric["Unit"]) == ([90.0], [2.0], "Percent")


@pytest.mark.parametrize(
    "settings",
    [
        {"type": "webhook", "url": "ftp://example.com"},
        {"type": "webhook", "url": "https://user:pass@example.com"},
        {"type": "webhook", "url": "https://example.com:x"},
        {"type": "webhook", "url": "https://exam\nple.com/"},
        {"type": "webhook", "url": "https://a.example\\@b.example/"},
        {"type": "webhook", "url": "https://example.com/ HTTP/1.1"},
        {"type": "sns"},
        {"type": "sns", "phone_number": "0170 1234"},
        {"type": "email", "to": []},
        {"type": "email", "to": ["a@example.com\nBcc: b@example.com"]},
        {"type": "mqtt", "host": "broker/x"},
        {"type": "mqtt", "host": "broker", "topic": "a/#"},
        {"type": "carrier-pigeon"},
        {"type": "iot", "password": "x"},
    ],
    ids=str,
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SETTINGS.validate_python(settings)


@pytest.mark.parametrize(
    "url",
    [
        "json://169.254.169.254/latest",
        "xmls://localhost",
        "form://localhost",
        "mailto://a:b@example.com",
        "syslog://",
        "file:///etc/passwd",
        "http://localhost",
        "matrix://user:pw@host",
        "",
    ],
)
def test_urls_of_no_service_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(UnprocessableError) as refused:
        plugin_of(url)
    assert not url or url not in refused.value.detail
