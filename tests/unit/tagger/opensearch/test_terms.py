import sqlite3

import pytest

from onlooker_tagger.opensearch.terms import terms


def test_case_accents_endings_and_what_is_between_words_do_not_matter() -> None:
    assert terms("José's DOGS, running_at 10:30 Straße") == ["jose", "s", "dog", "run", "at", "10", "30", "strass"]


@pytest.mark.parametrize("text", ["😀", "--", "", "_"])
def test_without_a_letter_or_digit_there_is_none(text: str) -> None:
    assert terms(text) == []


@pytest.mark.parametrize(
    "text",
    ["Holiday/IMG_2041 Zoë.jpg", "puppies Núñez women's", "Skiing Photography Clothing", "東京 tower", "x" * 300],
)
def test_they_are_those_of_sqlites_own_tokenizer(text: str) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(a, tokenize = 'porter unicode61 remove_diacritics 2')")
    db.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'instance')")
    db.execute("INSERT INTO t VALUES (?)", (text,))
    of_sqlite = [row[0][:255] for row in db.execute("SELECT term FROM v ORDER BY offset")]
    db.close()

    assert terms(text) == of_sqlite
