"""What the queue of people takes."""

import pytest

from onlooker_recognizer import events
from onlooker_recognizer.events import Changes, RecognizeAgain
from onlooker_recognizer.people.changes.owed import Relabel
from onlooker_recognizer.people.handlers import decode
from onlooker_shared.errors import Reject
from people_records import an_id
from recognitions import an_image


@pytest.mark.parametrize("asked", [{"person_id": an_id(), "after": "2026#x"}, {"image_ids": ("a" * 32,)}])
def test_a_job_comes_out_as_it_went_in(asked: dict[str, object]) -> None:
    job = Relabel.model_validate(asked)
    assert decode(job.model_dump_json(exclude_none=True)) == job


def test_jobs_about_one_person_are_one_and_others_are_not() -> None:
    person_id = an_id()
    assert Relabel(person_id=person_id).key == Relabel(person_id=person_id).key
    assert Relabel(image_ids=("a" * 32,)).key != Relabel(image_ids=("a" * 32,)).key


def test_events_of_the_faces_bucket_are_taken() -> None:
    told = decode(events.encode(an_image("alice.jpg")))
    assert isinstance(told, Changes)
    assert [image.key for image in told.arrivals] == ["alice.jpg"]


@pytest.mark.parametrize("body", ["", "no JSON", "[]", "null", '{"type": 1}', '{"type": "recognizer.relabel.v2"}'])
def test_what_is_neither_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        decode(body)


def test_what_belongs_into_another_queue_is_rejected() -> None:
    with pytest.raises(Reject, match="queue of pictures"):
        decode(RecognizeAgain(image=an_image()).model_dump_json())
