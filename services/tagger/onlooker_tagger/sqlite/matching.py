"""Free text: the words of a search, matched by SQLite's full-text index.

SQLite hands over the ids of what matches as one string: row by row, a hundred thousand would take ten times as long.
"""

import sqlite3
from collections.abc import Sequence

import numpy as np

from onlooker_tagger import synonyms
from onlooker_tagger.queries import words
from onlooker_tagger.ranking import BEGINNING, SHORTNESS, SYNONYM, WEIGHTS
from onlooker_tagger.sqlite.columns import Snapshot
from onlooker_tagger.sqlite.columns.filtering import LABELS, named
from onlooker_tagger.sqlite.columns.growing import Mask, Numbers
from onlooker_tagger.sqlite.columns.ordering import Values


def matched(db: sqlite3.Connection, now: Snapshot, text: str) -> Mask:
    """Return which pictures have all the words, or the labels that they are synonyms of."""
    found = np.ones(len(now.ids), np.bool_)
    for group in synonyms.groups(words(text)):
        phrase = " AND ".join(_phrase(word, begun=begun) for word, begun in group.begun_words())
        found &= now.having(_rows(db, now, phrase)) | _labelled(now, group.labels)
    return found


def scored(db: sqlite3.Connection, now: Snapshot, text: str) -> tuple[Mask, Values]:
    """Return what `matched` does, and how well each picture matches the words (`ranking`)."""
    found, score = np.ones(len(now.ids), np.bool_), np.zeros(len(now.ids))
    for group in synonyms.groups(words(text)):
        counted, labelled = _score_words(db, now, group), _labelled(now, group.labels)
        score += counted
        score[labelled] += SYNONYM
        found &= (counted > 0) | labelled
    return found, score + SHORTNESS / (1 + now.label_counts)


def _score_words(db: sqlite3.Connection, now: Snapshot, group: synonyms.Group) -> Values:
    """Return what the words of a group count in each picture; nothing where one of them is missing."""
    score, everywhere = np.zeros(len(now.ids)), np.ones(len(now.ids), np.bool_)
    for word, begun in group.begun_words():
        counted = _score_word(db, now, word, begun=begun)
        score += counted
        everywhere &= counted > 0
    score[~everywhere] = 0
    return score


def _score_word(db: sqlite3.Connection, now: Snapshot, word: str, *, begun: bool) -> Values:
    """Return what a word counts in each picture."""
    score = np.zeros(len(now.ids))
    for field, weight in WEIGHTS.items():
        score[_rows(db, now, f"{field} : {_phrase(word)}")] += weight
        if begun:
            score[_rows(db, now, f"{field} : {_phrase(word, begun=True)}")] += weight * BEGINNING
    return score


def _labelled(now: Snapshot, labels: Sequence[str]) -> Mask:
    """Return which pictures have one of some labels."""
    labelled = np.zeros(len(now.ids), np.bool_)
    for label in labels:
        labelled |= named(now, LABELS, label)
    return labelled


def _phrase(word: str, *, begun: bool = False) -> str:
    """Return a word in FTS5's language: quoted, so that nothing in it is syntax; several, if it holds a dash or so."""
    return '"' + word.replace('"', '""') + '"' + ("*" if begun else "")


def _rows(db: sqlite3.Connection, now: Snapshot, phrase: str) -> Numbers:
    [ids] = db.execute("SELECT group_concat(rowid, ' ') FROM words WHERE words MATCH ?", (phrase,)).fetchone()
    return now.rows_of(np.fromstring(ids or "", np.int64, sep=" "))
