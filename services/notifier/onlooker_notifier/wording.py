"""The words of a message: one line that says what was seen, for a picture and for many."""

from collections import Counter
from collections.abc import Iterable, Sequence

from onlooker_notifier.notices import Notice

LONGEST = 150
"""Characters of a subject; mail programs show fewer."""
NAMED = 3
"""Persons, and labels, that a line names."""
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""Invisible, but Persian, Indic scripts and emoji are spelled with them."""
MOSTLY = 0.5
"""The share of faces above which an emotion is what they mostly show."""


def subject(notices: Sequence[Notice]) -> str:
    """Return what happened in one line: "12 pictures recognized: 9 faces, mostly Happy; Cat, Coffee"."""
    recognized = sum(notice.event == "recognized" for notice in notices)
    failed = len(notices) - recognized
    if failed == 0 and recognized == 1:
        head = "A picture was recognized"
    elif recognized == 0:
        head = f"{_count(failed, 'picture')} could not be recognized"
    else:
        head = f"{_count(recognized, 'picture')} recognized" + (f", {failed} failed" if failed else "")
    found = found_in(notices)
    return _one_line(f"{head}: {found}" if found else head)


def found_in(notices: Iterable[Notice]) -> str:
    """Return what pictures show, in words; empty if nothing was found."""
    notices = tuple(notices)
    faces = _faces(sum(notice.faces for notice in notices), Counter(e for notice in notices for e in notice.emotions))
    named = [_most_frequent(notice.persons for notice in notices), _most_frequent(notice.labels for notice in notices)]
    return "; ".join(part for part in (faces, *named) if part)


def printable(text: str) -> str:
    """Return a text in which nothing can break a line or turn the direction of reading."""
    spaced = (" " if char.isspace() else char for char in text)
    return "".join(char if char.isprintable() or char in JOINERS else "\N{REPLACEMENT CHARACTER}" for char in spaced)


def shortened(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, with an ellipsis for what is cut off its end."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


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


def _most_frequent(names: Iterable[Iterable[str]]) -> str:
    """Return the names that most pictures have; of equally frequent ones those met first."""
    counted = Counter(name for some in names for name in some)
    return ", ".join(name for name, _ in counted.most_common(NAMED))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _one_line(text: str) -> str:
    return shortened(printable(" ".join(text.split())), LONGEST)
