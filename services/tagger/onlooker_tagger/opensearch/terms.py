"""Cuts text into the terms that are searched for: pure, and the same for a document and a query.

A cluster could do this with analysers, but those beyond the plainest come with its modules and plugins, which not every
installation has; and SQLite's index folds and stems by the same rules (FTS5's `porter unicode61 remove_diacritics 2`),
so one text finds the same pictures in both.
"""

import re
from functools import lru_cache
from unicodedata import combining, normalize

import snowballstemmer  # type: ignore[import-untyped]  # it ships no annotations

LONGEST = 255
"""Characters of a term: OpenSearch's whitespace analyser would cut longer ones in pieces."""
STEMMED = range(3, 65)
"""Lengths of the words that have a stem, as FTS5 takes it (`fts5_tokenize.c`, `fts5PorterCb`)."""
REMEMBERED = 50_000
"""Words whose stems are kept at hand: more than the labels of any taxonomy."""

_WORD = re.compile(r"[^\W_]+")


def terms(text: str) -> list[str]:
    """Return the terms of a text: its runs of letters and digits, without case and accents, and stemmed."""
    folded = "".join(char for char in normalize("NFKD", text.casefold()) if not combining(char))
    return [_stem(word[:LONGEST]) for word in _WORD.findall(folded)]


@lru_cache(maxsize=REMEMBERED)
def _stem(word: str) -> str:
    """Return a word's stem by Porter's algorithm ("dogs" and "dog" have one)."""
    if len(word) not in STEMMED:
        return word
    stem: str = snowballstemmer.stemmer("porter").stemWord(word)
    return stem
