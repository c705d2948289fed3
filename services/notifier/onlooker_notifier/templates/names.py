"""The names that templates know: what is told of a message's pictures. What is not here cannot be asked for.

All values are plain: texts, whole numbers, yes or no, lists of these, and the objects below, which have nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple
from urllib.parse import quote

from onlooker_notifier.notices import Notice, Seen
from onlooker_notifier.wording import wording
from onlooker_notifier.wording.local_time import LocalTime

MOST, MOST_PICTURES = 20, 100
"""Of a list, and of pictures: so many are looped over."""


class Says(NamedTuple):
    """What a name stands for."""

    about: str
    most: int = 0
    """Of a list: how long it is."""


@dataclass(frozen=True, slots=True)
class RuleNames:
    """The rule."""

    id: Annotated[str, Says("the id of the rule")]
    name: Annotated[str, Says("its name")]


@dataclass(frozen=True, slots=True)
class PersonNames:
    """Somebody in a picture."""

    name: Annotated[str, Says("the name")]
    known: Annotated[bool, Says("whether it is a name that somebody gave; else it is a stranger who is remembered")]
    similarity: Annotated[int, Says("how alike the face is, in percent; 0 where that is not known")]
    times_seen: Annotated[int, Says("in how many pictures until then, this one included; 0 where that is not known")]


@dataclass(frozen=True, slots=True)
class ShownNames:
    """What is told of a picture, and of all pictures of a message together."""

    camera: Annotated[str, Says("the folder, without those that are dates or numbers; or the bucket")]
    time: Annotated[str, Says("when it was uploaded, by the readers' clocks: `14:02`")]
    date: Annotated[str, Says("the day, likewise: `2026-11-20`")]
    link: Annotated[str, Says("its page; empty without `ONLOOKER_NOTIFIER_PICTURE_URL`")]
    faces: Annotated[int, Says("how many faces there are")]
    unknown: Annotated[int, Says("how many of them are nobody's who has a name")]
    persons: Annotated[tuple[PersonNames, ...], Says("who is there, each once, most alike first", MOST)]
    names: Annotated[tuple[str, ...], Says("the names of those who are known", MOST)]
    similarity: Annotated[int, Says("the highest of those who are known")]
    emotions: Annotated[tuple[str, ...], Says("what faces look like most of all: `Happy`", MOST)]
    labels: Annotated[tuple[str, ...], Says("what else is there", MOST)]


@dataclass(frozen=True, slots=True)
class PictureNames(ShownNames):
    """One picture."""

    key: Annotated[str, Says("the object's key")]
    bucket: Annotated[str, Says("the bucket")]
    failed: Annotated[bool, Says("whether it could not be recognized")]
    reason: Annotated[str, Says("and why; or, of an absence and of dead letters, what is told; else empty")]


@dataclass(frozen=True, slots=True)
class MessageNames(ShownNames):
    """All of a message. Where it was, when, and its link are those of the first picture."""

    rule: Annotated[RuleNames, Says("the rule")]
    subject: Annotated[str, Says("what the subject would be without a template")]
    count: Annotated[int, Says("how many pictures are told of")]
    failed: Annotated[int, Says("how many of them could not be recognized")]
    picture: Annotated[PictureNames, Says("the first picture")]
    pictures: Annotated[tuple[PictureNames, ...], Says("the first hundred of them", MOST_PICTURES)]
    zone: Annotated[str, Says("the readers' time zone: `Europe/Berlin`")]


@dataclass(frozen=True, slots=True)
class LoopNames:
    """Where a loop is. jinja2 makes it; this says what of it templates know."""

    index: Annotated[int, Says("the number of the turn, from 1")]
    first: Annotated[bool, Says("whether it is the first turn")]
    last: Annotated[bool, Says("whether it is the last")]
    length: Annotated[int, Says("how many turns there are")]


def message_names(
    notices: Sequence[Notice], *, rule_id: str, rule_name: str, picture_url: str | None, local: LocalTime
) -> MessageNames:
    """Return what templates know of a message about some pictures; at least one."""
    pictures = tuple(_picture(notice, picture_url, local) for notice in notices[:MOST_PICTURES])
    first = pictures[0]
    persons = _each_once(person for notice in notices for person in wording.people_in(notice))
    return MessageNames(
        rule=RuleNames(id=rule_id, name=rule_name),
        subject=wording.subject(notices, local),
        count=len(notices),
        failed=sum(notice.event == "failed" for notice in notices),
        picture=first,
        pictures=pictures,
        persons=persons,
        names=_names(persons),
        emotions=_frequent(emotion.capitalize() for notice in notices for emotion in notice.emotions),
        labels=_frequent(label for notice in notices for label in notice.labels),
        faces=sum(notice.faces for notice in notices),
        unknown=sum(notice.unknown for notice in notices),
        similarity=_highest(persons),
        camera=first.camera,
        time=first.time,
        date=first.date,
        link=first.link,
        zone=local.zone.key,
    )


def _picture(notice: Notice, picture_url: str | None, local: LocalTime) -> PictureNames:
    persons = _each_once(wording.people_in(notice))
    return PictureNames(
        key=notice.key,
        bucket=notice.bucket,
        camera=wording.camera(notice),
        time=local.clock(notice.uploaded_at),
        date=local.date(notice.uploaded_at),
        failed=notice.event == "failed",
        reason=notice.reason,
        faces=notice.faces,
        unknown=notice.unknown,
        similarity=_highest(persons),
        persons=persons,
        names=_names(persons),
        emotions=tuple(emotion.capitalize() for emotion in notice.emotions[:MOST]),
        labels=notice.labels[:MOST],
        link=picture_url.replace("{image_id}", quote(notice.image_id)) if picture_url and notice.pictured else "",
    )


def _each_once(people: Iterable[Seen]) -> tuple[PersonNames, ...]:
    """Return people by name and whether that is known, each as they were seen most alike; most alike first."""
    alike: dict[tuple[str, bool], Seen] = {}
    for person in people:
        known = alike.get((person.name, person.known))
        if known is None or (known.similarity or 0.0) < (person.similarity or 0.0):
            alike[person.name, person.known] = person
    ordered = sorted(alike.values(), key=lambda person: -(person.similarity or 0.0))
    return tuple(
        PersonNames(
            name=person.name,
            known=person.known,
            similarity=wording.percent(person.similarity or 0.0),
            times_seen=person.times_seen or 0,
        )
        for person in ordered[:MOST]
    )


def _names(persons: Sequence[PersonNames]) -> tuple[str, ...]:
    return tuple(person.name for person in persons if person.known)


def _highest(persons: Sequence[PersonNames]) -> int:
    return max((person.similarity for person in persons if person.known), default=0)


def _frequent(some: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each, _ in Counter(some).most_common(MOST))
