from datetime import timedelta

import pytest
from pydantic import ValidationError

from onlooker_tagger import documents
from onlooker_tagger.documents import supersedes
from recognitions import NOON, a_face, a_label, a_recognition, an_image


def test_keeps_the_fields_that_earlier_dashboards_read() -> None:
    image = an_image("raw-image/my cat.jpg")

    document = documents.recognized(image, a_recognition(a_label("Pet"), a_label("Cat", "Pet")))

    kept = document.model_dump(mode="json", include={"image_url", "tags", "tag_id", "created_at"})
    assert kept == {
        "image_url": "https://images.s3.amazonaws.com/raw-image/my%20cat.jpg",
        "tags": ["Cat", "Pet"],
        "tag_id": "75505a57",  # md5("Cat, Pet")[:8]
        "created_at": "2026-11-20T12:00:00Z",
    }
    assert document.doc_id == document.image_id == image.image_id


def test_a_damaged_document_says_nothing_of_whom_it_shows() -> None:
    document = documents.recognized(an_image(), a_recognition(a_face(name="Ann")))

    with pytest.raises(ValidationError) as damaged:
        documents.Document.model_validate_json(document.model_dump_json().replace('"recognized"', '"Ann"'))
    assert "Ann" not in str(damaged.value)


def test_equal_names_in_two_folders_are_two_documents() -> None:
    one, two = (documents.failed(an_image(key), "broken") for key in ("a/cat.jpg", "b/cat.jpg"))

    assert one.doc_id != two.doc_id


def test_tells_of_faces_what_is_searched_for() -> None:
    ann = {"name": "Ann", "person_id": "0a"}
    found = a_recognition(a_face("HAPPY", age=(20, 30), **ann), a_face(None), a_face("SAD", **ann))

    document = documents.recognized(an_image(), found)

    assert document.face_count == 3
    assert (document.persons, document.person_ids) == (("Ann",), ("0a",))
    assert [(face.person, face.person_id) for face in document.faces] == [("Ann", "0a"), (None, None), ("Ann", "0a")]
    assert [face.emotion for face in document.faces] == ["HAPPY", None, "SAD"]
    assert (document.faces[0].age_low, document.faces[0].age_high) == (20, 30)


def test_of_two_uploads_the_larger_sequencer_is_the_later_whatever_its_length() -> None:
    older = documents.failed(an_image(content="1", sequencer="0055AED6DCD90281E5"), "")
    newer = documents.failed(an_image(content="2", sequencer="0055AED6DCD90281E6A"), "")

    assert supersedes(newer, older)
    assert not supersedes(older, newer)


def test_without_sequencers_the_time_of_upload_decides_between_two_pictures() -> None:
    older = documents.failed(an_image(content="1", sequencer="0055AED6DCD90281E5"), "")
    newer = documents.failed(an_image(content="2", uploaded_at=NOON + timedelta(minutes=1)), "")

    assert supersedes(newer, older)
    assert not supersedes(older, newer)


def test_where_all_sequencers_are_the_same_the_time_of_upload_decides() -> None:
    older = documents.failed(an_image(content="1", sequencer="0055AED6DCD90281E5"), "")
    later = an_image(content="2", sequencer="0055AED6DCD90281E5", uploaded_at=NOON + timedelta(milliseconds=1))
    newer = documents.failed(later, "")

    assert supersedes(newer, older)
    assert not supersedes(older, newer)


def test_a_failure_never_hides_the_result_of_the_same_upload() -> None:
    image = an_image()
    result, failure = documents.recognized(image, a_recognition()), documents.failed(image, "too late")

    assert supersedes(result, failure)
    assert not supersedes(failure, result)
    assert supersedes(result, result)


def test_of_two_statements_about_a_picture_the_one_settled_later_holds_whatever_was_settled() -> None:
    image, hour = an_image(), timedelta(hours=1)
    first = documents.recognized(image, a_recognition(identified_at=NOON))
    named = documents.recognized(image, a_recognition(a_face(name="Ann"), identified_at=NOON + 2 * hour))
    again = documents.recognized(image, a_recognition(recognized_at=NOON + hour, identified_at=NOON + hour))

    assert [supersedes(named, first), supersedes(first, named)] == [True, False]
    assert [supersedes(named, again), supersedes(again, named)] == [True, False]


def test_when_a_picture_was_recognized_stays_what_it_was_whoever_is_named_in_it_later() -> None:
    first = documents.recognized(an_image(), a_recognition())
    named = documents.recognized(an_image(), a_recognition(identified_at=NOON + timedelta(days=30)))

    assert (named.created_at, named.recognized_at) == (first.created_at, first.recognized_at)
    assert named.identified_at == NOON + timedelta(days=30)


def test_a_document_from_before_anybody_was_told_apart_is_read() -> None:
    old = documents.recognized(an_image(), a_recognition()).model_dump_json(exclude={"identified_at", "person_ids"})
    named = documents.recognized(an_image(), a_recognition(identified_at=NOON + timedelta(days=1)))

    assert supersedes(named, documents.Document.model_validate_json(old))
