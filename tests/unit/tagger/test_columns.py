"""The columns in memory, through many changes."""

import random

import numpy as np
import pytest

from onlooker_tagger.queries import Filters, SuggestionQuery, Within
from onlooker_tagger.sqlite.columns import Entry, Table, table
from onlooker_tagger.sqlite.columns.filtering import left
from onlooker_tagger.sqlite.columns.ordering import likeness
from onlooker_tagger.sqlite.columns.suggestions import suggest

ALL = Within()


def entry(row: int, *labels: str, key: str = "a/1.jpg", faces: int = 0) -> Entry:
    names = {"labels": list(labels), "bucket": ["images"], "folder": [key[: key.rfind("/") + 1]]}
    return Entry(row, key, row * 1000, names, [("HAPPY", 20, 30)] * faces)


def ids(now: table.Snapshot, **asked: object) -> set[int]:
    return set(now.ids[left(now, Filters.model_validate(asked), ALL)].tolist())


def test_a_picture_that_changed_has_only_its_new_names() -> None:
    made = Table()
    made.change((), [entry(1, "Cat"), entry(2, "Cat")])
    made.change([1], [entry(1, "Dog")])
    made.change([2], [])

    now = made.snapshot()
    assert ids(now) == ids(now, label=["dog"]) == {1}
    assert ids(now, label=["cat"]) == set()


def test_what_a_reader_has_does_not_change_under_it() -> None:
    made = Table()
    made.change((), [entry(n, "Cat", faces=1) for n in range(1, 50)])
    before = made.snapshot()
    made.change(range(1, 40), [entry(n, "Dog") for n in range(40, 5000)])

    assert ids(before) == ids(before, label=["cat"]) == set(range(1, 50))
    assert ids(before, label=["dog"]) == set()


def test_a_name_that_comes_while_somebody_searches_is_none_of_that_search(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Table()
    made.change((), [entry(1, "Cat"), entry(2, "Cat")])
    now = made.snapshot()
    for facet in now.facets.values():  # the writer adds just what is looked for, just before
        monkeypatch.setattr(facet.vocabulary, "find", facet.vocabulary.codes.__getitem__)

    assert ids(now, prefix="new/") == set()
    assert np.count_nonzero(likeness(now, 1, "the first", ALL)) == 1


def test_tidying_up_changes_nothing_that_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "FEWEST_DEAD", 20)
    made, dice = Table(), random.Random(1)
    kept: dict[int, Entry] = {}
    for _ in range(200):
        gone = dice.sample(sorted(kept), min(len(kept), 2))
        new = [
            entry(n, *dice.sample("ABCDEF", 3), key=f"{dice.choice('xyz')}/{n}.jpg", faces=dice.randint(0, 2))
            for n in dice.sample(range(60), 3)
        ]
        made.change([*gone, *(each.id for each in new)], new)
        for one in gone:
            kept.pop(one, None)
        kept |= {each.id: each for each in new}

        now = made.snapshot()
        assert len(now.ids) <= 2 * len(kept) + 40, "dead rows pile up"
        assert ids(now) == set(kept)
        assert ids(now, label=["a"]) == {n for n, each in kept.items() if "A" in each.names["labels"]}
        assert ids(now, emotion="HAPPY") == {n for n, each in kept.items() if each.faces}
        assert ids(now, prefix="x/1") == {n for n, each in kept.items() if each.key.startswith("x/1")}
        by_name = dict(zip(now.facets["labels"].vocabulary.names, now.counts("labels", ALL).tolist(), strict=False))
        assert by_name.get("B", 0) == sum("B" in each.names["labels"] for each in kept.values())
    [found] = suggest(now, SuggestionQuery(q="b"), ALL).suggestions
    assert found.count == by_name["B"]
    assert np.array_equal(now.ids[now.rows_of(np.array(sorted(kept)))], sorted(kept))
