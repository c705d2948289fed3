"""A trial says what life does: the same pictures, decided of and told when they come, and in a trial."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from notifying import Clock, Instance, Mailbox, Parts
from onlooker_notifier import notices
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.facts import Facts
from onlooker_notifier.deciding.decisions import Decision
from onlooker_notifier.delivering.deliveries import Delivery
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import EmailChannel
from onlooker_notifier.trials.trial import Terms, tried
from recognitions import a_face, a_recognition, an_image

TERMS = Terms(limit=3, zone=ZoneInfo("Europe/Berlin"))
PICTURES = 20
GAPS = (0.25, 5, 25, 120, 1500, 4 * 3600)
"""Seconds from one picture to the next."""
SEED = 1581
"""Of pictures to which all happens that can: the test says so."""
RULE: dict[str, Any] = {
    "cooldown": 900,
    "per": ["person"],
    "daily_limit": 3,
    "quiet_hours": {"from": "22:00", "to": "06:30", "zone": "Europe/Berlin"},
    "subject": "{{ count }}: {{ names|join }}",
}


def pictures(chance: random.Random) -> list[tuple[Notice, Facts]]:
    """Pictures of some people over days, the change to summer time among them, oldest first."""
    at, found = datetime(2027, 3, 26, 12, tzinfo=UTC), []
    for number in range(PICTURES):
        at += timedelta(seconds=chance.choice(GAPS))
        person = chance.choice(("p1", "p2", "p3"))
        image = an_image(f"{number}.jpg", uploaded_at=at)
        recognition = a_recognition(a_face(name=person.upper(), person_id=person))
        found.append((notices.recognized(image, recognition), facts.of_recognized(image, recognition)))
    return found


async def lived(parts: Parts, rules: Sequence[Rule], came: Sequence[tuple[Notice, Facts]]) -> None:
    """Have pictures come when they were uploaded, and messages be sent when they are due."""
    deciding, instance = parts.deciding(), parts.instance(limit=TERMS.limit)
    for notice, known in came:
        moment = notice.uploaded_at.timestamp()
        await passed(parts.clock, instance, rules, moment)
        parts.clock.now = moment
        await deciding.decide(notice, known, rules)
    await passed(parts.clock, instance, rules, float("inf"))


async def passed(clock: Clock, instance: Instance, rules: Sequence[Rule], until: float) -> None:
    while due := [again_in for rule in rules if (again_in := await instance.flush(rule)) is not None]:
        if clock.now + min(due) >= until:
            return
        clock.now += min(due)


async def recorded(parts: Parts, rule: Rule) -> tuple[list[Delivery], dict[str, Decision]]:
    """Return what a rule sent, in the order of time, and of each picture what was decided last."""
    now = datetime.fromtimestamp(parts.clock.now, UTC)
    sent = (await parts.deliveries.newest(100, None, now)).deliveries
    decided = (await parts.decided.newest(100, None, now, rule_id=rule.rule_id)).decisions
    return (
        sorted(
            (each for each in sent if each.rule_id == rule.rule_id), key=lambda each: (each.begun_at, each.image_ids)
        ),
        {image_id: each for each in reversed(decided) for image_id in each.image_ids},
    )


async def test_a_trial_says_what_life_does(parts: Parts, mailbox: Mailbox) -> None:
    channels = [EmailChannel(to=mailbox.address)]
    rules = [
        Rule.model_validate({**RULE, "rule_id": name, "name": name, "digest_interval": interval, "channels": channels})
        for name, interval in (("at-once", 0), ("gathered", 60))
    ]
    came = pictures(random.Random(SEED))
    parts.clock.now = came[0][0].uploaded_at.timestamp()
    await lived(parts, rules, came)

    for rule in rules:
        sent, decided = await recorded(parts, rule)
        trial = tried(rule, came[::-1], TERMS, complete=True, now=datetime.fromtimestamp(parts.clock.now, UTC))
        messages = sorted(trial.messages, key=lambda each: (each.at, each.image_ids))
        assert [(each.at, each.subject, each.image_ids) for each in messages] == [
            (each.begun_at, each.subject, each.image_ids) for each in sent
        ]
        for message, delivery in zip(messages, sent, strict=True):
            assert message.remark in delivery.text
        withheld = {each.image_id: (each.tells, each.reason, each.until, each.about) for each in trial.pictures}
        assert {image_id: became for image_id, became in withheld.items() if became[1] is not None} == {
            image_id: (each.decision == "held", each.reason, each.until, each.about)
            for image_id, each in decided.items()
        }
        assert {each.reason for each in trial.pictures} == {None, "cooling_down", "daily_limit", "quiet_hours"}
        assert max(each.pictures for each in messages) > 1
