"""Free text: the words of a search, matched by SQLite's full-text index.

SQLite hands over the ids of what matches as one string: row by row, a hundred thousand would take ten times as long.
"""

import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np

from onlooker_tagger import synonyms
from onlooker_tagger.queries import words
from onlooker_tagger.sqlite.columns import Snapshot
from onlooker_tagger.sqlite.columns.filtering import LABELS, named
from onlooker_tagger.sqlite.columns.growing import Mask, Numbers
from onlooker_tagger.sqlite.columns.ordering import Values

WEIGHTS = {"persons": 3.0, "labels": 2.0, "text": 1.5, "file": 1.0}
"""What a word counts where it is found: names weigh more than labels, labels than text, text than file names."""
BEGINNING = 0.5
"""What a word counts that only begins another, of what a whole one counts."""
SYNONYM = 0.5
"""What a label counts that was looked for in other words, of what it counts by its name."""
SHORTNESS = 0.05
"""What is added where there is no label, half of it for one, ...: of equal matches that which shows least is first."""


def matched(db: sqlite3.Connection, now: Snapshot, text: str) -> Mask:
    """Return which pictures have all the words, or the labels that they are synonyms of."""
    found = np.ones(len(now.ids), np.bool_)
    for group, last in _groups(text):
        phrase = " AND ".join(_phrase(word, begun=last and word == group.words[-1]) for word in group.words)
        having = now.having(_rows(db, now, phrase))
        for label in group.labels:
            having |= named(now, LABELS, label)
        found &= having
    return found


def scored(db: sqlite3.Connection, now: Snapshot, text: str) -> tuple[Mask, Values]:
    """Return what `matched` does, and how well each picture matches the words."""
    found, score = np.ones(len(now.ids), np.bool_), np.zeros(len(now.ids))
    for group, last in _groups(text):
        having = np.ones(len(now.ids), np.bool_)
        for word in group.words:
            having &= _score_word(db, now, score, word, begun=last and word == group.words[-1])
        for label in group.labels:
            labelled = named(now, LABELS, label)
            score[labelled] += WEIGHTS["labels"] * SYNONYM
            having |= labelled
        found &= having
    return found, score + SHORTNESS / (1 + now.label_counts)


def _score_word(db: sqlite3.Connection, now: Snapshot, score: Values, word: str, *, begun: bool) -> Mask:
    """Add to the pictures' scores what a word counts; return which pictures have it anywhere."""
    anywhere = np.zeros(len(now.ids), np.bool_)
    for field, weight in WEIGHTS.items():
        whole = _rows(db, now, f"{field} : {_phrase(word)}")
        score[whole] += weight
        anywhere[whole] = True
        if begun:
            beginning = _rows(db, now, f"{field} : {_phrase(word, begun=True)}")
            score[beginning] += weight * BEGINNING
            anywhere[beginning] = True
    return anywhere


def _groups(text: str) -> Iterator[tuple[synonyms.Group, bool]]:
    """Return the groups of words in a text, each with whether it is the last, whose last word may be a beginning."""
    found: Sequence[synonyms.Group] = synonyms.groups(words(text))
    last = found[-1]
    for group in dict.fromkeys(found):
        yield group, group == last


def _phrase(word: str, *, begun: bool = False) -> str:
    """Return a word in FTS5's language: quoted, so that nothing in it is syntax; several, if it holds a dash or so."""
    return '"' + word.replace('"', '""') + '"' + ("*" if begun else "")


def _rows(db: sqlite3.Connection, now: Snapshot, phrase: str) -> Numbers:
    [ids] = db.execute("SELECT group_concat(rowid, ' ') FROM words WHERE words MATCH ?", (phrase,)).fetchone()
    return now.rows_of(np.fromstring(ids or "", np.int64, sep=" "))
