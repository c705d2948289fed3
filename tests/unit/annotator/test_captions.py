"""What is written beside a box, and what is left out when room is short."""

import math

import pytest

from onlooker_annotator.captions import Caption, Kind, subjects
from onlooker_shared.recognition import BoundingBox, Face, Instance, Label, Recognition
from recognitions import BOX, a_face, a_recognition


def words(caption: Caption) -> list[str]:
    """A caption's lines, as somebody reads them."""
    return [" ".join(span.text for span in line).replace("\u202f", " ") for line in caption]


def face_captions(face: Face) -> list[list[str]]:
    (subject,) = subjects(a_recognition(face))
    return [words(caption) for caption in subject.captions]


def a_thing(name: str, *boxes: BoundingBox, confidence: float = 90.0, parents: tuple[str, ...] = ()) -> Label:
    places = tuple(Instance(bounding_box=box, confidence=confidence) for box in boxes)
    return Label(name=name, confidence=confidence, parents=parents, instances=places)


def object_names(*found: Face | Label) -> list[str]:
    """The first words beside each object; nothing for corners without words."""
    return [
        words(subject.captions[0])[0] if subject.captions else ""
        for subject in subjects(a_recognition(*found))
        if subject.kind is Kind.OBJECT
    ]


def test_somebody_unknown_has_emotion_and_age() -> None:
    assert face_captions(a_face("HAPPY", age=(25, 33))) == [["Happy 90 % 25\u201333"], ["Happy 90 %"], ["1"]]


def test_somebody_known_has_a_name_first() -> None:
    assert face_captions(a_face("CALM", age=(25, 33), name="Ada Lovelace-Byron")) == [
        ["Ada Lovelace-Byron", "Calm 90 % 25\u201333"],
        ["Ada Lovelace-Byron"],
        ["Ada Lovelace-…"],
        ["1"],
    ]


def test_a_face_of_which_nothing_is_known_has_its_number() -> None:
    assert face_captions(Face(bounding_box=BOX, confidence=99)) == [["1"]]


def test_an_unknown_emotion_is_not_an_emotion() -> None:
    assert face_captions(a_face("UNKNOWN", age=(30, 30)))[0] == ["30"]


def test_numbers_follow_the_result() -> None:
    found = subjects(a_recognition(*[a_face()] * 3))
    assert [words(subject.captions[-1]) for subject in found] == [["1"], ["2"], ["3"]]


def test_an_object_has_its_name_and_confidence() -> None:
    (subject,) = subjects(a_recognition(a_thing("Dog", BOX)))
    assert subject.kind is Kind.OBJECT
    assert [words(caption) for caption in subject.captions] == [["Dog 90 %"], ["Dog"]]


def test_a_label_without_a_place_is_not_drawn() -> None:
    assert subjects(a_recognition(Label(name="Nature", confidence=99))) == []


def test_one_thing_under_several_labels_is_drawn_once_by_the_most_special() -> None:
    nearly = BOX.model_copy(update={"left": BOX.left + 0.005})
    elsewhere = BOX.model_copy(update={"left": 0.6})
    found = (a_thing("Animal", BOX, elsewhere), a_thing("Dog", nearly, confidence=80, parents=("Animal", "Pet")))
    assert object_names(*found) == ["Animal 90 %", "Dog 80 %"]


def test_what_is_rather_not_there_is_not_drawn() -> None:
    assert object_names(a_thing("Dog", BOX, confidence=49.9)) == []


def test_a_person_whose_face_was_found_needs_no_word() -> None:
    body = BoundingBox(left=0, top=0.1, width=0.6, height=0.9)
    alone = BoundingBox(left=0.7, top=0.1, width=0.2, height=0.9)
    assert object_names(a_face(), a_thing("Person", body, alone)) == ["", "Person 90 %"]


@pytest.mark.parametrize(
    "box",
    [
        BoundingBox(left=math.nan, top=0, width=1, height=1),
        BoundingBox(left=0, top=0, width=math.inf, height=1),
        BoundingBox(left=1.0, top=0, width=0.5, height=1),
        BoundingBox(left=-0.5, top=0, width=0.5, height=1),
        BoundingBox(left=0, top=0, width=0, height=1),
    ],
)
def test_a_box_without_a_place_in_the_picture_is_left_out(box: BoundingBox) -> None:
    assert subjects(a_recognition(Face(bounding_box=box, confidence=99))) == []


def test_nothing_recognized_is_nothing_to_draw() -> None:
    nothing: Recognition = a_recognition()
    assert subjects(nothing) == []
