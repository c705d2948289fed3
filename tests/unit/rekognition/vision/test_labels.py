"""What is plainly shown is named, with its place and with what it is a kind of; two networks keep each other honest."""

import numpy as np
import pytest

from onlooker_rekognition.vision import Box, Engine, Image, LabelAnalysis
from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.kinds import Classifier, share
from onlooker_rekognition.vision.labels import LabelReader
from onlooker_rekognition.vision.objects import ObjectDetector, Objects
from onlooker_rekognition.vision.taxonomy import CLASSIFIED, Taxonomy
from vision_samples import on_canvas, portrait, resized, scene

SURE = 55.0
"""Rekognition's default threshold."""

MIDDLE = (0.25, 0.0, 0.75, 1.0)
"""The square that the classifier sees of a picture twice as wide as high."""


def labels(engine: Engine, image: Image) -> dict[str, LabelAnalysis]:
    return {label.name: label for label in engine.detect_labels(image) if label.confidence >= SURE}


@pytest.mark.parametrize(
    ("name", "label", "parents", "category", "others"),
    [
        ("chelsea.png", "Cat", {"Animal", "Feline", "Mammal", "Pet"}, "Animals and Pets", {"Tabby"}),
        ("motorcycle_left.png", "Motorcycle", {"Transportation", "Vehicle"}, "Vehicles and Automotive", set()),
        (
            "coffee.png",
            "Cup",
            set(),
            "Everyday Objects",
            {"Beverage", "Coffee", "Coffee Cup", "Espresso", "Dining Table", "Table", "Furniture"},
        ),
        ("horse.png", "Horse", {"Animal", "Mammal"}, "Animals and Pets", set()),
        ("astronaut.png", "Person", set(), "Person Description", {"Clothing"}),
    ],
)
def test_the_main_thing_is_named_and_nothing_absurd(
    engine: Engine, name: str, label: str, parents: set[str], category: str, others: set[str]
) -> None:
    found = labels(engine, Image(scene(name)))
    assert found[label].instances
    assert set(found[label].parents) == parents
    assert found[label].categories == (category,)
    assert set(found) - {label, *parents} <= others


def test_what_the_detector_has_no_class_for_is_named_without_a_place(engine: Engine) -> None:
    coffee = labels(engine, Image(scene("coffee.png")))
    assert coffee["Espresso"].parents == ("Beverage", "Coffee", "Coffee Cup", "Cup")
    assert not coffee["Espresso"].instances
    rocket = {label.name for label in engine.detect_labels(Image(scene("rocket.jpg"))) if label.confidence >= 40}
    assert {"Rocket", "Vehicle"} <= rocket <= {"Rocket", "Vehicle", "Transportation"}


@pytest.mark.parametrize("name", ["obama.jpg", "biden.jpg", "obama-speaking.jpg"])
def test_people_wear_clothing_and_are_no_animals(engine: Engine, name: str) -> None:
    every = {label.name: label for label in engine.detect_labels(Image(portrait(name)))}
    assert every["Person"].instances
    assert every["Clothing"].confidence > 40
    found = {name for name, label in every.items() if label.confidence >= SURE}
    assert found <= {"Person", "Clothing", "Formal Wear", "Suit", "Accessories", "Tie"}


def test_parents_are_labels_too_and_at_least_as_sure(engine: Engine) -> None:
    for name in ("chelsea.png", "coffee.png", "rocket.jpg"):
        every = {label.name: label for label in engine.detect_labels(Image(scene(name)))}
        for label in every.values():
            for parent in label.parents:
                assert every[parent].confidence >= label.confidence
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
    (cups,) = (label.instances for label in engine.detect_labels(Image(both)) if label.name == "Cup")
    assert len(cups) == 2
    first, second = sorted(cup.box.left for cup in cups)
    assert second - first == pytest.approx(0.5, abs=0.03)


def test_nothing_is_named_where_nothing_is(engine: Engine) -> None:
    assert labels(engine, Image(np.full((300, 400, 3), 90, np.uint8))) == {}
    assert labels(engine, Image(np.zeros((1, 1, 3), np.uint8))) == {}
    for texture in ("brick.png", "grass.png", "gravel.png", "text.png"):
        assert labels(engine, Image(scene(texture))) == {}


class Detector(ObjectDetector):
    """Finds what it is told, each thing once."""

    def __init__(self, taxonomy: Taxonomy, found: dict[str, tuple[float, tuple[float, ...]]]) -> None:
        self._found = [
            Objects(taxonomy.detected.index(name), np.array([box]), np.array([confidence]))
            for name, (confidence, box) in found.items()
        ]

    def find(self, image: Image) -> list[Objects]:
        return self._found


class Told(Classifier):
    """Gives labels with one class the probabilities it is told."""

    def __init__(self, taxonomy: Taxonomy, told: dict[str, float]) -> None:
        self._probabilities = np.zeros(CLASSIFIED, np.float32)
        for name, probability in told.items():
            self._probabilities[taxonomy.terms[name].classes[0]] = probability

    def probabilities(self, image: Image) -> Array:
        return self._probabilities


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return Taxonomy.read()


@pytest.fixture
def wide() -> Image:
    return Image(np.zeros((100, 200, 3), np.uint8))


def said(
    taxonomy: Taxonomy, image: Image, told: dict[str, float], **found: tuple[float, tuple[float, ...]]
) -> dict[str, float]:
    reader = LabelReader(Detector(taxonomy, found), Told(taxonomy, told), taxonomy)
    return {label.name: label.confidence for label in reader.read(image)}


def test_probabilities_are_summed_up_and_a_kind_is_surer_than_one_of_it(taxonomy: Taxonomy, wide: Image) -> None:
    found = said(taxonomy, wide, {"Bagel": 0.5, "Pretzel": 0.4})
    assert found["Bread"] == pytest.approx(90, abs=5)
    assert found["Food"] > found["Bread"]
    assert found["Bagel"] == pytest.approx(50 * 0.85)


def test_what_the_detector_would_have_to_see_is_half_as_sure_when_it_does_not(taxonomy: Taxonomy, wide: Image) -> None:
    beagle = {"Beagle": 0.8}
    unseen = said(taxonomy, wide, beagle)
    seen = said(taxonomy, wide, beagle, Dog=(0.3, MIDDLE))
    assert unseen["Beagle"] == pytest.approx(seen["Beagle"] / 2)
    assert said(taxonomy, wide, {"Llama": 0.8})["Llama"] == pytest.approx(80 * 0.85), "llamas it does not know"


def test_a_thing_that_the_classifier_takes_for_another_is_doubted(taxonomy: Taxonomy, wide: Image) -> None:
    found = said(taxonomy, wide, {"Bison": 0.9}, Sheep=(0.99, MIDDLE))
    assert found.get("Sheep", 0) < SURE < found["Bison"]
    assert found["Animal"] > 85


def test_a_thing_that_fills_the_picture_unnoticed_is_doubted(taxonomy: Taxonomy, wide: Image) -> None:
    assert "Umbrella" not in said(taxonomy, wide, {"Web Page": 0.9}, Umbrella=(0.95, MIDDLE))


def test_a_beast_is_no_person_but_somebody_beside_it_is(taxonomy: Taxonomy, wide: Image) -> None:
    tiger = {"Tiger": 0.8, "Tabby": 0.1}
    assert said(taxonomy, wide, tiger, Person=(0.8, MIDDLE)).get("Person", 0) < SURE
    assert said(taxonomy, wide, tiger, Person=(0.95, (0.3, 0.2, 0.5, 1.0)))["Person"] > SURE
    assert said(taxonomy, wide, {"Gorilla": 0.3}, Person=(0.9, MIDDLE))["Person"] == pytest.approx(90)


@pytest.mark.parametrize(
    ("name", "box"),
    [("Umbrella", (0.0, 0.0, 0.2, 0.2)), ("Couch", MIDDLE), ("Person", MIDDLE)],
    ids=["a thing beside what the classifier sees", "what carries the subject", "whom the classifier does not know"],
)
def test_others_are_believed(taxonomy: Taxonomy, wide: Image, name: str, box: tuple[float, ...]) -> None:
    assert said(taxonomy, wide, {"Pug": 0.9}, **{name: (0.9, box)})[name] == pytest.approx(90)


def test_the_share_of_a_box_is_that_of_the_middle_square(wide: Image) -> None:
    boxes = np.array([MIDDLE, (0, 0, 1, 1), (0, 0, 0.5, 0.5), (0, 0, 0.25, 1), (0.5, 0.5, 0.5, 0.5)])
    np.testing.assert_allclose(share(boxes, wide), [1, 1, 0.25, 0, 0])
