import numpy as np
import pytest

from onlooker_rekognition.store import Refusal, Store
from onlooker_rekognition.vision.results import Box
from onlooker_rekognition.vision.similarity import similarity
from rekognition_fakes import embedding_of
from rekognition_stores import NOWHERE, Place, add, face, ids, picture


def test_a_face_comes_back_as_it_was_kept(store: Store) -> None:
    (kept,) = store.add("people", picture("one", "me"), [face(1)])
    assert store.faces("people", after=0, limit=10) == [kept]
    assert kept.picture == picture("one", "me")
    assert kept.box == Box(0.1, 0.1, 0.2, 1 / 3)
    assert (kept.confidence, kept.model_version, kept.user_id) == (99.9, "7.0", None)
    assert np.array_equal(store.embedding("people", kept.face_id), embedding_of(1))


def test_a_restart_loses_nothing(store: Store, place: Place) -> None:
    kept = add(store, face(1), face(2))
    store.close()
    again = place.open()
    assert again.faces("people", after=0, limit=10) == kept
    assert [match.face for match in again.nearest("people", embedding_of(2), count=1)] == [kept[1]]


def test_the_same_face_of_the_same_picture_is_kept_once(store: Store) -> None:
    first = store.add("people", picture("one"), [face(1, left=0.1), face(2, left=0.5)])
    again = store.add("people", picture("one"), [face(2, left=0.5), face(3, left=0.8), face(1, left=0.1)])
    assert [again[2], again[0]] == first
    assert store.get("people").face_count == 3
    twice = store.add("people", picture("two"), [face(1), face(1)])
    assert twice[0] == twice[1]
    assert store.get("people").face_count == 4


def test_the_same_picture_under_another_name_is_another_one(store: Store) -> None:
    kept = [store.add("people", picture("one", name), [face(1)])[0] for name in (None, "a", "b")]
    assert len({one.face_id for one in kept}) == 3


def test_faces_are_listed_in_pages_without_gaps_or_repeats(store: Store) -> None:
    kept = [one for number in range(5) for one in add(store, face(number), face(number + 10), name=str(number))]
    listed, after = [], 0
    while page := store.faces("people", after=after, limit=3):
        listed += page
        after = page[-1].position
    assert listed == kept


def test_faces_are_listed_by_their_ids(store: Store) -> None:
    kept = add(store, face(1), face(2), face(3))
    wanted = [kept[2].face_id, NOWHERE, kept[0].face_id]
    assert store.faces("people", after=0, limit=10, face_ids=wanted) == [kept[0], kept[2]]
    assert store.faces("people", after=kept[0].position, limit=10, face_ids=wanted) == [kept[2]]
    assert store.faces("people", after=0, limit=10, face_ids=[]) == []


def test_a_position_is_never_used_twice(store: Store, place: Place) -> None:
    (first,) = add(store, face(1))
    store.remove("people", [first.face_id])
    store.close()
    (second,) = add(place.open(), face(1))
    assert second.position > first.position


def test_what_is_removed_is_never_found_again(store: Store, place: Place) -> None:
    kept = add(store, *(face(1, variant) for variant in range(6)))
    assert len(store.nearest("people", embedding_of(1), count=10)) == 6
    gone = ids(kept)[::2]
    outcome = store.remove("people", [*gone, NOWHERE, gone[0]])
    assert (outcome.done, outcome.refused) == (gone, [Refusal(NOWHERE, "FACE_NOT_FOUND")])

    def check(store: Store) -> None:
        found = {match.face.face_id for match in store.nearest("people", embedding_of(1), count=10)}
        assert found == set(ids(kept)[1::2])
        assert store.embedding("people", gone[0]) is None
        assert store.remove("people", gone).done == []

    check(store)
    store.close()
    check(place.open())


def test_a_deleted_collection_takes_its_faces_along(store: Store) -> None:
    (kept,) = add(store, face(1))
    store.nearest("people", embedding_of(1), count=1)
    store.delete("people")
    store.create("people", {})
    assert store.nearest("people", embedding_of(1), count=1) == []
    assert store.embedding("people", kept.face_id) is None


def test_the_nearest_come_first_with_their_exact_similarity(store: Store) -> None:
    kept = add(store, *(face(person, variant) for person in range(20) for variant in range(3)))
    found = store.nearest("people", embedding_of(7, 9), count=5)
    stored = np.stack([embedding_of(person, variant) for person in range(20) for variant in range(3)])
    alike = similarity(embedding_of(7, 9), stored)
    best = np.argsort(-alike, kind="stable")[:5]
    assert ids([match.face for match in found[:3]]) == [kept[row].face_id for row in best[:3]]
    assert [match.similarity for match in found] == pytest.approx(alike[best].tolist())


def test_only_those_are_found_that_are_alike_enough(store: Store) -> None:
    kept = add(store, face(1), face(1, 1), face(2))
    alike = store.nearest("people", embedding_of(1), count=10)[1].similarity
    assert len(store.nearest("people", embedding_of(1), count=10, threshold=80)) == 2
    assert ids([one.face for one in store.nearest("people", embedding_of(1), count=10, threshold=alike)]) == ids(
        kept[:2]
    )
    assert len(store.nearest("people", embedding_of(1), count=10, threshold=alike + 1e-9)) == 1
    assert store.nearest("people", embedding_of(3), count=10, threshold=80) == []


def test_searches_see_what_came_since_the_last_one(store: Store) -> None:
    assert store.nearest("people", embedding_of(1), count=1) == []
    kept = add(store, face(1))
    assert [match.face for match in store.nearest("people", embedding_of(1), count=1)] == kept
    assert store.nearest("people", embedding_of(1), count=1)[0].similarity == pytest.approx(100, abs=0.01)


def test_collections_do_not_see_one_another(store: Store) -> None:
    (kept,) = add(store, face(1))
    store.create("others", {})
    assert store.nearest("others", embedding_of(1), count=5) == []
    assert store.embedding("others", kept.face_id) is None
    assert store.remove("others", [kept.face_id]).done == []
    assert store.faces("others", after=0, limit=10) == []


def test_no_faces_are_kept_without_complaint(store: Store) -> None:
    assert store.add("people", picture("empty"), []) == []
    assert store.remove("people", []).done == []
