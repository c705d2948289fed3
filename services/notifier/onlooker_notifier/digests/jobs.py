"""What a digest is to those who deliver it: one job for each of its rule's channels. Pure."""

import hashlib

from onlooker_notifier.deciding.due import Course
from onlooker_notifier.delivering.waiting import Job
from onlooker_notifier.escalating.records import id_of
from onlooker_notifier.gathering.records import Digest
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import Channel


def jobs_of(rule: Rule, digest: Digest) -> list[Job]:
    """Return the deliveries of a digest, by each channel of its rule; their ids are the same however often.

    None of them names a picture, as the digest does: they stay when one of the pictures is erased.
    """
    return [_job(rule, digest, channel) for channel in rule.channels]


def _job(rule: Rule, digest: Digest, channel: Channel) -> Job:
    return Job(
        delivery_id=f"{round(digest.begun_at * 1000):013d}-{_short(f'{digest.digest_id}:{channel.key}')}",
        digest_id=f"{rule.rule_id}#{_short(digest.digest_id)}",
        rule_id=rule.rule_id,
        rule_name=rule.name,
        subject=rule.subject,
        body=rule.body,
        channel=channel,
        begun_at=digest.begun_at,
        remark=Course.of(digest.note).remark,
        escalation_id=None if rule.escalation is None else id_of(digest.digest_id, digest.begun_at),
    )


def _short(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]
