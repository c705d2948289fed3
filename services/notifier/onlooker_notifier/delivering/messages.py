"""Puts a message together: what a digest says by one channel, in the rule's own words or in Onlooker's. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from onlooker_notifier.channels.message import Message
from onlooker_notifier.delivering.waiting import Job
from onlooker_notifier.letters.telling import letter_of
from onlooker_notifier.notices import Notice
from onlooker_notifier.templates.rendering import OwnWords
from onlooker_notifier.wording import wording

UNACKNOWLEDGED = "Not acknowledged: "
"""Before the subject of a message that is told once more."""


def message_of(job: Job, notices: Sequence[Notice], *, picture_url: str | None, zone: ZoneInfo) -> Message:
    """Return the message of a delivery.

    Args:
        job: the delivery.
        notices: what it tells of; at least one.
        picture_url: what it links to, with `{image_id}` for the id.
        zone: the readers' time zone.
    """
    told_at = datetime.fromtimestamp(job.begun_at, UTC)
    letter = letter_of(
        notices,
        rule_id=job.rule_id,
        rule_name=job.rule_name,
        templates=OwnWords(job.subject, job.body),
        remark=job.remark,
        told_at=told_at,
        picture_url=picture_url,
        zone=zone,
    )
    if job.escalates:
        letter = replace(letter, subject=wording.one_line(f"{UNACKNOWLEDGED}{letter.subject}"))
    return Message(
        delivery_id=job.delivery_id,
        rule_id=job.rule_id,
        rule_name=job.rule_name,
        letter=letter,
        notices=tuple(notices),
        told_at=told_at,
        picture_url=picture_url,
        escalates=job.escalates,
    )
