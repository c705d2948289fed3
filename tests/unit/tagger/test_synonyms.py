"""Everyday words for labels."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from onlooker_tagger import synonyms
from onlooker_tagger.synonyms import Group

TAXONOMY = Path(__file__).parents[3] / "services/rekognition/onlooker_rekognition/vision/taxonomy.json"


@pytest.mark.parametrize(
    ("phrase", "label"),
    [
        ("puppy", "Dog"),
        ("PUPPIES", "Dog"),
        ("kitten,", "Cat"),
        ("kids", "Child"),
        ("bike", "Bicycle"),
        ("auto", "Car"),
        ("cell phone", "Mobile Phone"),
        ("smartphones", "Mobile Phone"),
        ("sea", "Ocean"),
        ("t.v.", None),
        ("", None),
        ("!", None),
    ],
)
def test_everyday_words_lead_to_labels(phrase: str, label: str | None) -> None:
    found = synonyms.labels_for(phrase)

    assert label in found if label else found == ()


def test_words_that_stand_for_a_label_together_are_kept_together() -> None:
    assert synonyms.groups(["red", "cell", "phone", "puppy"]) == [
        Group(("red",)),
        Group(("cell", "phone"), ("Mobile Phone",)),
        Group(("puppy",), ("Dog",), begun=True),
    ]
    assert synonyms.groups([]) == []


def test_a_word_that_is_said_again_counts_once_and_is_whole() -> None:
    assert synonyms.groups(["dog", "red", "dog"]) == [Group(("dog",)), Group(("red",))]
    assert synonyms.groups(["red", "red", "cup"]) == [Group(("red",)), Group(("cup",), begun=True)]


def test_only_the_last_word_may_be_a_beginning() -> None:
    [phone] = synonyms.groups(["cell", "phone"])
    assert list(phone.begun_words()) == [("cell", False), ("phone", True)]


def test_finds_what_is_being_typed() -> None:
    assert ("puppy", "Dog") in set(synonyms.beginning_with("pup"))
    assert ("cell phone", "Mobile Phone") in set(synonyms.beginning_with("pho"))


def test_the_words_are_sorted_and_none_is_the_label_itself() -> None:
    entries = json.loads(files("onlooker_tagger").joinpath("synonyms.json").read_text())

    assert list(entries) == sorted(entries, key=str.casefold)
    for label, words in entries.items():
        assert words == sorted(set(words)), label
        assert words, label
        assert label.lower() not in words
        assert all(len(word.split()) <= synonyms.LONGEST for word in words), label


def test_most_are_labels_that_the_local_server_gives() -> None:
    entries = json.loads(files("onlooker_tagger").joinpath("synonyms.json").read_text())
    local = json.loads(TAXONOMY.read_text())

    assert len(entries.keys() & local.keys()) > 0.8 * len(entries)  # the others are Amazon's
