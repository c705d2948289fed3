"""The committed taxonomy is what the script makes, and the script refuses choices that do not add up."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from onlooker_rekognition.taxonomy.__main__ import generate, written
from onlooker_rekognition.taxonomy.build import build
from onlooker_rekognition.taxonomy.imagenet import ImageNetClass, title
from onlooker_rekognition.taxonomy.wordnet import Synset, WordNet
from onlooker_rekognition.vision.taxonomy import TAXONOMY_FILE

WORDNET = WordNet(
    {1: Synset(("animal",), ()), 2: Synset(("dog",), (1,)), 3: Synset(("pug",), (2,)), 4: Synset(("groom",), ())},
    {"animal.1": 1, "dog.1": 2},
)
CLASSES = [ImageNetClass("Pug", ("pug",), 3), ImageNetClass("Mutt", ("mutt",), 2), ImageNetClass("Groom", (), 4)]
CHOICES: dict[str, Any] = {
    "Animals and Pets": {
        "Animal": {"synsets": ["animal.1"]},
        "Dog": {"parents": ["Animal"], "synsets": ["dog.1"], "is": "1", "detector": 16},
    },
    "names": {"0": "Pug Dog"},
    "aliases": {"Dog": ["Doggy"]},
    "silent": {"classes": "2"},
}


def test_a_class_is_put_below_the_nearest_kind_it_belongs_to() -> None:
    labels = build(CHOICES, WORDNET, CLASSES)
    assert list(labels) == ["Animal", "Dog", "Pug Dog"]
    category = "Animals and Pets"
    assert labels["Pug Dog"] == {"category": category, "parents": ["Dog"], "aliases": [], "classes": [0]}
    assert labels["Dog"] == {
        "category": category,
        "parents": ["Animal"],
        "aliases": ["Doggy"],
        "classes": [1],
        "detector": 16,
    }


@pytest.mark.parametrize(
    ("table", "name", "choice", "complaint"),
    [
        ("Sports", "Dog", {}, "in two categories"),
        ("Animals and Pets", "Dog", {"parents": ["Beast"]}, "Beast, which is no label"),
        ("Animals and Pets", "Dog", {"is": "1", "synsets": ["dog.1"]}, "Class 1 is Dog, which is no kind of Animal"),
        ("Animals and Pets", "Dogs or wolves", {}, "is no name for a label"),
        ("Animals and Pets", "Pug Dog", {}, "Class 0 would be a second Pug Dog"),
        ("silent", "classes", "", "Class 2 is a kind of nothing"),
    ],
)
def test_choices_that_do_not_add_up_are_refused(table: str, name: str, choice: Any, complaint: str) -> None:
    choices = deepcopy(CHOICES)
    choices.setdefault(table, {})[name] = choice
    with pytest.raises((ValueError, KeyError), match=complaint):
        build(choices, WORDNET, CLASSES)


def test_titles_keep_small_words_small_and_capitals_large() -> None:
    assert title("mortar and pestle") == "Mortar and Pestle"
    assert title("four-poster bed") == "Four-Poster Bed"
    assert title("CD player") == "CD Player"


def test_the_committed_file_is_what_the_script_makes(tmp_path: Path) -> None:
    assert written(generate(tmp_path)) == TAXONOMY_FILE.read_text()
