"""Which pictures a deletion means: those of that object, of that version, that were there when it was deleted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onlooker_recognizer.deletions import covers
from onlooker_recognizer.events import Removal
from recognitions import NOON, an_image

EARLIER, LATER = "0055AED6DCD90281E5", "0055AED6DCD90281E6"
REMOVAL = Removal(bucket="images", key="cat.jpg", deleted_at=NOON)


@pytest.mark.parametrize(
    ("of_picture", "of_deletion", "seconds_later", "meant"),
    [
        (EARLIER, LATER, -1, True),
        (EARLIER, EARLIER, 0, True),
        (EARLIER, EARLIER, -1, True),
        (EARLIER, EARLIER, +1, False),
        (LATER, EARLIER, +1, False),
        (LATER, EARLIER, -1, False),
        (EARLIER, LATER, +1, True),
        ("", LATER, -1, True),
        ("", LATER, 0, True),
        ("", LATER, +1, False),
        (LATER, "", 0, True),
        (LATER, "", +1, False),
    ],
)
def test_sequencers_decide_what_was_uploaded_later_and_times_where_they_do_not_tell(
    of_picture: str, of_deletion: str, seconds_later: int, meant: bool
) -> None:
    image = an_image(sequencer=of_picture, uploaded_at=NOON + timedelta(seconds=seconds_later))
    assert covers(replace(REMOVAL, sequencer=of_deletion), image) is meant


def test_sequencers_of_unequal_length_are_compared_as_s3_says() -> None:
    assert covers(replace(REMOVAL, sequencer="0055AF"), an_image(sequencer="0055AED6DCD90281E5"))
    assert not covers(replace(REMOVAL, sequencer="0055AE"), an_image(sequencer="0055AED6DCD90281E5"))


def test_another_object_is_not_meant() -> None:
    assert covers(REMOVAL, an_image("cat.jpg"))
    assert not covers(REMOVAL, an_image("cat.jpg.jpg"))
    assert not covers(REMOVAL, an_image("cat.jpg", bucket="other"))


@pytest.mark.parametrize(
    ("of_picture", "of_deletion", "meant"),
    [("v1", "v1", True), ("v2", "v1", False), (None, "v1", False), (None, "null", True), ("v1", "null", False)],
)
def test_of_a_version_only_that_one_is_meant(of_picture: str | None, of_deletion: str, meant: bool) -> None:
    image = an_image().model_copy(update={"version_id": of_picture})
    assert covers(replace(REMOVAL, version_id=of_deletion), image) is meant
    assert covers(REMOVAL, image)  # the object as a whole
