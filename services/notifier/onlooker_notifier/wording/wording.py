"""The words of a message: one line that says what was seen, for a picture and for many."""

from collections import Counter
from collections.abc import Iterable, Sequence

from onlooker_notifier import cameras
from onlooker_notifier.notices import Notice, Seen
from onlooker_notifier.wording.local_time import LocalTime

LONGEST = 150
"""Characters of a subject; mail programs show fewer."""
NAMED = 3
"""Persons, and labels, that a line names."""
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""Invisible, but Persian, Indic scripts and emoji are spelled with them."""
MOSTLY = 0.5
"""The share of faces above which an emotion is what they mostly show."""
STRANGER = "somebody unknown"
WATCHED = {"absence": "Absence", "dead_letter": "Dead letters"}
"""What is told that is no picture, as it stands in a list."""


def subject(notices: Sequence[Notice], local: LocalTime) -> str:
    """Return what happened in one line: "Ann was seen at front-door at 14:02, 97 % sure", "3 pictures: Ann, Ben"."""
    return one_line(_one(notices[0], local) if len(notices) == 1 else _many(notices))


def camera(notice: Notice) -> str:
    """Return where a picture comes from."""
    return cameras.camera(notice.bucket, notice.key)


def found_in(notice: Notice) -> str:
    """Return what a picture shows, in words; empty if nothing was found."""
    faces = _faces(notice.faces, Counter(notice.emotions))
    return "; ".join(
        part for part in (faces, ", ".join(_with_details(notice)), ", ".join(notice.labels[:NAMED])) if part
    )


def people_in(notice: Notice) -> tuple[Seen, ...]:
    """Return who is in a picture; of notices from before there was more, their names alone."""
    return notice.seen or tuple(Seen(name=name) for name in notice.persons)


def printable(text: str) -> str:
    """Return a text in which nothing can break a line or turn the direction of reading."""
    spaced = (" " if char.isspace() else char for char in text)
    return "".join(char if char.isprintable() or char in JOINERS else "\N{REPLACEMENT CHARACTER}" for char in spaced)


def shortened(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, with an ellipsis for what is cut off its end."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def one_line(text: str) -> str:
    """Return a text as a subject."""
    return shortened(printable(" ".join(text.split())), LONGEST)


def percent(similarity: float) -> int:
    """Return a similarity as it is told: never more than it is, so that only who is the same is 100 % so."""
    return int(similarity)


def _one(notice: Notice, local: LocalTime) -> str:
    moment = local.moment(notice.uploaded_at)
    if notice.event == "absence":
        return f"{notice.reason}, since {moment.removeprefix('at ').removeprefix('on ')}"
    if notice.event == "dead_letter":
        return notice.reason
    if notice.event == "failed":
        return f"A picture from {camera(notice)} {moment} could not be recognized"
    who = _who(notice)
    if who:
        place = f"in {notice.bucket}" if camera(notice) == notice.bucket else f"at {camera(notice)}"
        verb = "was" if len(who) == 1 and notice.unknown <= 1 else "were"
        return f"{_and(who)} {verb} seen {place} {moment}{_times(notice)}{_sure(notice)}"
    found = found_in(notice)
    return f"A picture from {camera(notice)} {moment}" + (f": {found}" if found else "")


def _many(notices: Sequence[Notice]) -> str:
    if not any(notice.pictured for notice in notices):
        return f"{notices[-1].reason}, and {len(notices) - 1} more such alerts"
    places = {camera(notice) for notice in notices}
    head = _count(len(notices), "picture") + (f" from {places.pop()}" if len(places) == 1 else "")
    failed = sum(notice.event == "failed" for notice in notices)
    if failed == len(notices):
        return f"{head} could not be recognized"
    some = f", {failed} of which could not be recognized" if failed else ""
    found = "; ".join(part for part in (_people(notices) or _all_faces(notices), _labels(notices)) if part)
    return f"{head}{some}" + (f": {found}" if found else "")


def _who(notice: Notice) -> list[str]:
    """Return who is in a picture; strangers, if any, are one of them."""
    names = [person.name for person in people_in(notice) if person.known]
    listed = names[:NAMED] + ([f"{len(names) - NAMED} more"] if len(names) > NAMED else [])
    if notice.unknown:
        unknown = STRANGER if notice.unknown == 1 else f"{notice.unknown} unknown people"
        listed.append(unknown if names else unknown[0].upper() + unknown[1:])
    return listed


def _only(notice: Notice) -> Seen | None:
    """Return who is in a picture if it is one alone of whom something is known."""
    people = people_in(notice)
    strangers = sum(not person.known for person in people)
    return people[0] if len(people) == 1 and strangers == notice.unknown else None


def _times(notice: Notice) -> str:
    person = _only(notice)
    if person is None or person.times_seen is None or (person.known and person.times_seen > 1):
        return ""
    return f" {_time(person.times_seen)}"


def _time(number: int) -> str:
    if number == 1:
        return "for the first time"
    last = 0 if number % 100 in {11, 12, 13} else number % 10
    return f"for the {number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(last, 'th')} time"


def _sure(notice: Notice) -> str:
    known = [person.similarity for person in people_in(notice) if person.known and person.similarity is not None]
    if not known:
        return ""
    return f", {'at least ' if len(known) > 1 else ''}{percent(min(known))} % sure"


def _with_details(notice: Notice) -> list[str]:
    told = [_detailed(person) for person in people_in(notice)]
    nameless = notice.unknown - sum(not person.known for person in people_in(notice))
    if nameless > 0:
        told.append(STRANGER if nameless == 1 else f"{nameless} unknown people")
    return told


def _detailed(person: Seen) -> str:
    if not person.known:
        times = f", {_time(person.times_seen)}" if person.times_seen else ""
        return f"{STRANGER} ({person.name}{times})"
    first = ", for the first time" if person.times_seen == 1 else ""
    return person.name if person.similarity is None else f"{person.name} ({percent(person.similarity)} %{first})"


def _people(notices: Iterable[Notice]) -> str:
    """Return who is in pictures: the names that most of them have; of equally frequent ones those met first."""
    notices = tuple(notices)
    counted = Counter(person.name for notice in notices for person in people_in(notice) if person.known)
    names = [name for name, _ in counted.most_common(NAMED)]
    more = [f"{len(counted) - NAMED} more"] if len(counted) > NAMED else []
    return ", ".join([*names, *more, *([STRANGER] if any(notice.unknown for notice in notices) else [])])


def _labels(notices: Iterable[Notice]) -> str:
    counted = Counter(name for notice in notices for name in notice.labels)
    return ", ".join(name for name, _ in counted.most_common(NAMED))


def _all_faces(notices: Sequence[Notice]) -> str:
    return _faces(sum(notice.faces for notice in notices), Counter(e for notice in notices for e in notice.emotions))


def _faces(count: int, emotions: Counter[str]) -> str:
    if not count:
        return ""
    text = _count(count, "face")
    if not emotions:
        return text
    emotion, frequency = emotions.most_common(1)[0]
    if count == 1:
        return f"{text}, {emotion.capitalize()}"
    if frequency == count:
        return f"{text}, all {emotion.capitalize()}"
    return f"{text}, mostly {emotion.capitalize()}" if frequency / count > MOSTLY else text


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
