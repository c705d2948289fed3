"""Tries a rule on pictures, as if it had been there when they came: which messages it sends, or why not. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from onlooker_notifier.conditions.answers import Answer
from onlooker_notifier.conditions.facts import Facts
from onlooker_notifier.conditions.language import AbsenceLeaf
from onlooker_notifier.deciding.keys import keys_of
from onlooker_notifier.deciding.verdicts import Reason
from onlooker_notifier.letters.telling import letter_of
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.templates.rendering import OwnWords
from onlooker_notifier.trials.answer import Trial, TriedAbsence, TriedMessage, TriedPicture, WhyNot
from onlooker_notifier.trials.replay import Came, Fate, Sent, replay
from onlooker_notifier.watching.counting import absences_among

MOST_MESSAGES = 100
"""Messages that are shown: a subject in a rule's own words may take 50 ms."""
WITHHELD: Mapping[Reason, tuple[str, str]] = {
    "cooling_down": ("cooldown", "the same was told shortly before"),
    "daily_limit": ("daily_limit", "as many messages were sent as a day may have"),
}
"""Why a picture that matches is not told: the part of the rule that says so, and that in words."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all messages, by the notifier's settings."""

    limit: int
    """Pictures in one message at most."""
    zone: ZoneInfo
    """The readers'."""
    picture_url: str | None = None
    """What messages link to, with `{image_id}` for the id."""

    def moment(self, seconds: float) -> datetime:
        """Return a time by the readers' clocks."""
        return datetime.fromtimestamp(seconds, self.zone)


def tried(
    rule: Rule, pictures: Sequence[tuple[Notice, Facts]], terms: Terms, *, complete: bool, now: datetime
) -> Trial:
    """Return what a rule makes of pictures, until now.

    Each is decided of when it was uploaded, as if recognizing it took no time.

    Args:
        rule: the rule.
        pictures: newest first.
        terms: what holds for all messages.
        complete: whether these are certainly the newest ones.
        now: the time.
    """
    answers = [_answer(rule, known) for _, known in pictures]
    matching = [place for place, answer in enumerate(answers) if answer.holds]
    matching.sort(key=lambda place: _order(pictures[place][0]))
    told = [pictures[place][0] for place in matching]
    came = [
        Came(_came_at(pictures[place][0]), keys_of(rule.per, pictures[place][1], answers[place])) for place in matching
    ]
    fates, sent = replay(rule, came, limit=terms.limit, zone=terms.zone)
    fate_of = dict(zip(matching, fates, strict=True))
    return Trial(
        pictures=tuple(
            _picture(notice, known, answers[place], fate_of.get(place), terms)
            for place, (notice, known) in enumerate(pictures)
        ),
        matching=len(matching),
        told=sum(fate.message is not None for fate in fates),
        sent=len(sent),
        messages=tuple(
            _message(rule, each, [told[place] for place in each.places], terms, now) for each in sent[-MOST_MESSAGES:]
        ),
        absences=_absences(rule, [known for _, known in pictures], now),
        channels=len(rule.channels),
        enabled=rule.enabled,
        muted_until=rule.muted_until if rule.muted_until is not None and rule.muted_until > now else None,
        zone=terms.zone.key,
        complete=complete,
    )


def _answer(rule: Rule, known: Facts) -> Answer:
    if rule.watch is not None and rule.watch.kind == "absence" and not (awaited := rule.awaits(known)).holds:
        return awaited  # it ends no absence, and this is why
    return rule.asked(known)


def _came_at(notice: Notice) -> float:
    """Return when a picture came, in epoch seconds to the millisecond, as what is told is noted."""
    return round(notice.uploaded_at.timestamp(), 3)


def _order(notice: Notice) -> tuple[float, str, str]:
    """Return what pictures are ordered by that wait for a message."""
    return _came_at(notice), notice.image_id, notice.event


def _message(rule: Rule, sent: Sent, notices: Sequence[Notice], terms: Terms, now: datetime) -> TriedMessage:
    at = terms.moment(sent.at)
    letter = letter_of(
        notices,
        rule_id=rule.rule_id,
        rule_name=rule.name,
        templates=OwnWords(subject=rule.subject),
        remark=sent.remark,
        told_at=at,
        picture_url=terms.picture_url,
        zone=terms.zone,
    )
    return TriedMessage(
        number=sent.number,
        at=at,
        occasion=sent.occasion,
        subject=letter.subject,
        remark=sent.remark,
        pictures=len(notices),
        image_ids=tuple(notice.image_id for notice in notices),
        waiting=at > now,
    )


def _absences(rule: Rule, pictures: Sequence[Facts], now: datetime) -> tuple[TriedAbsence, ...]:
    """Return what a rule would have told of what did not come, since the oldest picture."""
    watch = rule.watch
    if watch is None or not isinstance(watch.leaf, AbsenceLeaf) or not pictures:
        return ()
    seen = [known.uploaded_at.timestamp() for known in pictures if rule.awaits(known).holds]
    begins = min(known.uploaded_at.timestamp() for known in pictures)
    found = absences_among([begins, *seen], watch.hours, watch.leaf.seconds, now.timestamp())
    return tuple(
        TriedAbsence(since=datetime.fromtimestamp(each.since, UTC), told_at=datetime.fromtimestamp(each.told_at, UTC))
        for each in found
    )


def _picture(notice: Notice, known: Facts, answer: Answer, fate: Fate | None, terms: Terms) -> TriedPicture:
    """Return what became of a picture; without a fate it is none that the rule is about."""
    names: Iterator[str | None] = (known.faces[number].name for number in answer.faces)
    became = fate or Fate(message=None)
    return TriedPicture(
        image_id=notice.image_id,
        bucket=notice.bucket,
        key=notice.key,
        event=notice.event,
        uploaded_at=notice.uploaded_at,
        matches=fate is not None,
        tells=became.message is not None,
        why_not=_unasked(known, answer) if fate is None else _withheld(fate),
        message=became.message,
        reason=became.reason,
        until=None if became.until is None else terms.moment(became.until),
        about=became.about,
        persons=tuple(sorted({name for name in names if name})),
        faces=tuple(sorted(answer.faces)),
        labels=tuple(sorted(answer.labels)),
        texts=tuple(sorted(answer.texts)),
    )


def _unasked(known: Facts, answer: Answer) -> WhyNot | None:
    if answer.why is None:
        return None
    return WhyNot(place=answer.why.place, reason=answer.why.words(known), known=answer.holds is not None)


def _withheld(fate: Fate) -> WhyNot | None:
    if fate.message is not None or fate.reason is None:
        return None
    place, words = WITHHELD[fate.reason]
    return WhyNot(place=place, reason=": ".join([words, *filter(None, ["; ".join(fate.about)])]), known=True)
