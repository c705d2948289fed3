"""What is plainly shown is named, with its place and with what it is a kind of."""

import numpy as np
import pytest

from onlooker_rekognition.vision import Box, Engine, Image, LabelAnalysis
from vision_samples import on_canvas, resized, scene

SURE = 55.0
"""Rekognition's default threshold."""


def labels(engine: Engine, image: Image) -> dict[str, LabelAnalysis]:
    return {label.name: label for label in engine.detect_labels(image) if label.confidence >= SURE}


@pytest.mark.parametrize(
    ("name", "label", "parents", "category"),
    [
        ("chelsea.png", "Cat", {"Animal", "Mammal", "Pet"}, "Animals and Pets"),
        ("motorcycle_left.png", "Motorcycle", {"Transportation", "Vehicle"}, "Vehicles and Automotive"),
        ("coffee.png", "Cup", set(), "Everyday Objects"),
        ("horse.png", "Horse", {"Animal", "Mammal"}, "Animals and Pets"),
        ("astronaut.png", "Person", set(), "Person Description"),
    ],
)
def test_the_main_thing_is_named(engine: Engine, name: str, label: str, parents: set[str], category: str) -> None:
    found = labels(engine, Image(scene(name)))
    assert found[label].instances
    assert set(found[label].parents) == parents
    assert found[label].categories == (category,)
    assert set(found) - {label, *parents} <= {"Dining Table", "Table", "Furniture"}  # the cup's


def test_parents_are_labels_too_and_at_least_as_sure(engine: Engine) -> None:
    every = {label.name: label for label in engine.detect_labels(Image(scene("chelsea.png")))}
    for label in every.values():
        for parent in label.parents:
            assert every[parent].confidence >= label.confidence
            assert not every[parent].instances
    confidences = [label.confidence for label in every.values()]
    assert confidences == sorted(confidences, reverse=True)


def test_an_instances_box_follows_the_thing_through_the_picture(engine: Engine) -> None:
    cat = scene("chelsea.png")
    (alone,) = labels(engine, Image(cat))["Cat"].instances
    moved = on_canvas(cat, 600, 800, 200, 300)
    (there,) = labels(engine, Image(moved))["Cat"].instances
    expected = Box(
        (alone.box.left * 451 + 300) / 800,
        (alone.box.top * 300 + 200) / 600,
        alone.box.width * 451 / 800,
        alone.box.height * 300 / 600,
    )
    for side in ("left", "top", "width", "height"):
        assert getattr(there.box, side) == pytest.approx(getattr(expected, side), abs=0.04)


def test_two_of_a_kind_are_two_instances_of_one_label(engine: Engine) -> None:
    cup = resized(scene("coffee.png"), 0.6)
    both = on_canvas(np.hstack([cup, cup]), 720, 720, 200, 0)
    cups = labels(engine, Image(both))["Cup"].instances
    assert len(cups) == 2
    first, second = sorted(cup.box.left for cup in cups)
    assert second - first == pytest.approx(0.5, abs=0.03)


def test_nothing_is_named_where_nothing_is(engine: Engine) -> None:
    assert labels(engine, Image(np.full((300, 400, 3), 90, np.uint8))) == {}
    assert labels(engine, Image(np.zeros((1, 1, 3), np.uint8))) == {}
