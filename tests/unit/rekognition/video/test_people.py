"""One number for one person through a video."""

from onlooker_rekognition.video.people import People
from rekognition_fakes import embedding_of


def test_people_are_numbered_as_they_appear_and_keep_their_number() -> None:
    people = People()
    assert [people.index_of(embedding_of(person)) for person in (7, 3, 7, 9, 3)] == [0, 1, 0, 2, 1]


def test_another_view_of_a_person_is_that_person() -> None:
    people = People()
    assert [people.index_of(embedding_of(4, variant)) for variant in range(20)] == [0] * 20
