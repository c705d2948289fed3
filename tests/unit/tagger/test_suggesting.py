"""Which suggestion comes first."""

import pytest

from onlooker_tagger.queries import Kind, Suggestion
from onlooker_tagger.suggesting import best, typed


def one(name: str, count: int = 1, kind: Kind = "label", matched: str | None = None) -> Suggestion:
    return Suggestion(kind=kind, name=name, count=count, matched=matched)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Coffee   CUP ", "coffee cup"),
        ("Zoë", "zoe"),
        ("...cat", "cat"),
        ("", ""),
        ("😀!", ""),
        ("\x00", ""),
        ("c\x00at", "c at"),
    ],
)
def test_what_was_typed_is_compared_without_case_and_accents(text: str, expected: str) -> None:
    assert typed(text) == expected


@pytest.mark.parametrize("text", ["x" * 201, "\ufdfa" * 20])
def test_nobody_types_that_much(text: str) -> None:
    assert typed(text) == ""


def test_the_very_name_then_beginnings_then_other_words_and_of_each_the_most_frequent() -> None:
    found = [
        one("Persian Cat", 90),
        one("Catamaran", 5),
        one("Cattle", 7),
        one("Cat", 1),
        one("Feline", 3, matched="cat"),
        one("Nothing", 0),
    ]

    names = [each.name for each in best(found, "cat", 10).suggestions]
    assert names == ["Cat", "Feline", "Cattle", "Catamaran", "Persian Cat"]
    assert len(best(found, "cat", 2).suggestions) == 2


def test_a_name_is_suggested_once_for_its_best_reason() -> None:
    found = [one("Dog", 3, matched="pup"), one("Dog", 3), one("Dog", 2, kind="person")]

    assert [(each.kind, each.matched) for each in best(found, "dog", 10).suggestions] == [
        ("label", None),
        ("person", None),
    ]
