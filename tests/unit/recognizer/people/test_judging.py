"""Which pictures enrol nobody, and what is said of them."""

import pytest

from onlooker_recognizer.people.collection.lookup import Bar
from onlooker_recognizer.people.enrolment.judging import Objection, Reason, fit_face, unindexed
from onlooker_shared.recognition import BoundingBox, Face, Quality

BAR = Bar(side=40, brightness=20, sharpness=30)


def face(width: float = 0.5, height: float = 0.5, *, brightness: float = 80, sharpness: float = 80) -> Face:
    box = BoundingBox(left=0.1, top=0.1, width=width, height=height)
    return Face(bounding_box=box, confidence=99, quality=Quality(brightness=brightness, sharpness=sharpness))


def objection(*faces: Face) -> Objection:
    found = fit_face(faces, 400, 200, BAR)
    assert isinstance(found, Objection)
    return found


def test_one_good_face_is_taken_also_if_nothing_is_known_of_its_quality() -> None:
    good = face()
    unmeasured = good.model_copy(update={"quality": None})
    assert fit_face([good], 400, 200, BAR) is good
    assert fit_face([unmeasured], 400, 200, BAR) is unmeasured


def test_no_face_and_several_faces_are_refused_with_how_many() -> None:
    assert objection().reason is Reason.NO_FACE
    several = objection(face(), face(0.01, 0.01), face())
    assert (several.reason, several.figures) == (Reason.SEVERAL_FACES, {"faces": 3})
    assert several.words.startswith("3 faces")


def test_a_face_is_measured_in_pixels_of_its_shorter_side() -> None:
    small = objection(face(0.2, 0.15))
    assert (small.reason, small.figures) == (Reason.TOO_SMALL, {"width": 80, "height": 30, "needed": 40})
    assert "80 x 30 pixels" in small.words
    assert isinstance(fit_face([face(0.1, 0.2)], 400, 200, BAR), Face)


@pytest.mark.parametrize(
    ("poor", "reason", "value"),
    [(face(brightness=19.96), Reason.TOO_DARK, 20.0), (face(sharpness=3), Reason.TOO_BLURRED, 3.0)],
)
def test_a_dark_or_blurred_face_is_refused_with_how_much_so(poor: Face, reason: Reason, value: float) -> None:
    found = objection(poor)
    assert (found.reason, found.figures["value"]) == (reason, value)


@pytest.mark.parametrize(
    ("reasons", "reason"),
    [
        (("LOW_SHARPNESS",), Reason.TOO_BLURRED),
        (("EXCEEDS_MAX_FACES", "EXTREME_POSE"), Reason.TURNED_AWAY),
        (("SOMETHING_NEW",), Reason.UNCLEAR),
        ((), Reason.UNCLEAR),
    ],
)
def test_what_the_collection_leaves_out_is_refused_in_our_words(reasons: tuple[str, ...], reason: Reason) -> None:
    found = unindexed(reasons)
    assert found.reason is reason
    assert not any(word in found.words for word in reasons)
