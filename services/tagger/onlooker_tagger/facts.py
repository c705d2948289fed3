"""What is compared, counted and suggested of a document: pure, so that every index answers the same."""

from datetime import UTC, datetime, timedelta
from math import log2
from unicodedata import combining, normalize

from onlooker_tagger.documents import Document

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DECADE = 10
SHORTEST = 2
"""Letters of a word of text that is worth a suggestion."""


def milliseconds(moment: datetime) -> int:
    """Return the whole milliseconds since 1970 of a moment, as every index keeps it; exact, which no float is."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def folder(key: str) -> str:
    """Return what a key is filed under: all of it up to its last slash, and with it; empty where it has none."""
    return key[: key.rfind("/") + 1]


def decade(low: int | None, high: int | None) -> str | None:
    """Return the decade of the middle of a range of ages, as "20-29"; None where the range is not known."""
    if low is None or high is None:
        return None
    start = (low + high) // 2 // DECADE * DECADE
    return f"{start}-{start + DECADE - 1}"


def label_names(document: Document) -> set[str]:
    """Return the names of a document's labels and of their parents."""
    return {name for label in document.labels for name in (label.name, *label.parents)}


def moderation_names(document: Document) -> set[str]:
    """Return the names of a document's moderation labels and of their parents."""
    return {name for label in document.moderation for name in (label.name, label.parent) if name}


def rarity(pictures: int, having: int) -> int:
    """Return what it counts that two pictures share a label: hundredths of the bits that tell those who have it.

    A whole number, so that sums are exact in every index, whatever it calculates with.

    Args:
        pictures: how many there are.
        having: how many of them have the label.
    """
    return round(100 * log2(1 + pictures / max(having, 1)))


def folded(text: str) -> str:
    """Return a text without case and accents, as what is typed is compared."""
    return "".join(char for char in normalize("NFKD", text.casefold()) if not combining(char))


def beginnings(name: str) -> list[str]:
    """Return what may be typed to have a name suggested: the folded name from the start of each of its words on."""
    text = folded(name)
    starts = [n for n, char in enumerate(text) if char.isalnum() and (n == 0 or not text[n - 1].isalnum())]
    return list(dict.fromkeys(text[n:] for n in starts))


def text_words(document: Document) -> set[str]:
    """Return the words in a picture, folded, as they are suggested."""
    split = ("".join(char if char.isalnum() else " " for char in folded(line)).split() for line in document.texts)
    return {word for line in split for word in line if len(word) >= SHORTEST}
