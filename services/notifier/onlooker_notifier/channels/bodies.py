"""A digest as data: the JSON that webhooks, MQTT brokers and EventBridge are given. See docs/webhooks.md."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from onlooker_notifier.channels.alerts import Alert, AlertPicture, AlertRule
from onlooker_notifier.channels.message import Message
from onlooker_notifier.letters.letters import MOST_ROWS
from onlooker_notifier.notices import Notice
from onlooker_notifier.wording.wording import shortened

LARGEST = 200_000
"""Bytes; EventBridge takes 256 KB an event, with its envelope."""
LONGEST, MOST_PERSONS = 500, 20
"""Characters of a reason, and names that are told of one picture."""


def body(message: Message) -> dict[str, Any]:
    """Return a message as data: as many of its first pictures as fit, and how many there are."""
    listed = message.notices[:MOST_ROWS]
    told = _body(message, listed)
    while len(encoded(told)) > LARGEST and len(listed) > 1:
        listed = listed[: len(listed) // 2]
        told = _body(message, listed)
    return told


def encoded(told: dict[str, Any]) -> bytes:
    """Return data as JSON in UTF-8."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def link(message: Message, notice: Notice) -> str | None:
    """Return the page of a picture; None if no setting says where it is, or there is no picture."""
    if message.picture_url is None or not notice.pictured:
        return None
    return message.picture_url.replace("{image_id}", notice.image_id)


def _body(message: Message, listed: Sequence[Notice]) -> dict[str, Any]:
    alert = Alert(
        delivery_id=message.delivery_id,
        test=message.test,
        rule=AlertRule(id=message.rule_id, name=message.rule_name),
        told_at=moment(message.told_at),
        subject=message.letter.subject,
        escalates=message.escalates,
        picture_count=len(message.notices),
        pictures=tuple(_picture(message, notice) for notice in listed),
    )
    return alert.model_dump(mode="json")


def _picture(message: Message, notice: Notice) -> AlertPicture:
    return AlertPicture(
        event=notice.event,
        image_id=notice.image_id,
        bucket=notice.bucket,
        key=notice.key,
        uploaded_at=moment(notice.uploaded_at),
        faces=notice.faces,
        emotions=notice.emotions,
        persons=notice.persons[:MOST_PERSONS],
        labels=notice.labels,
        reason=shortened(notice.reason, LONGEST),
        link=link(message, notice),
    )


def moment(when: datetime) -> str:
    """Return a time as RFC 3339 writes it, in UTC."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
