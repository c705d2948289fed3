from collections.abc import Callable

import numpy as np
import pytest

from onlooker_rekognition.protocol.errors import ConflictError, ResourceNotFoundError, ServiceQuotaExceededError
from onlooker_rekognition.store import Outcome, Refusal, Store
from onlooker_rekognition.vision.similarity import similarity
from rekognition_fakes import embedding_of
from rekognition_stores import NOWHERE, Place, add, face, ids


@pytest.fixture
def kit(store: Store) -> str:
    """The id of a user without faces."""
    store.create_user("people", "kit")
    return "kit"


def test_users_are_made_listed_and_deleted(store: Store) -> None:
    for name in ("zoe", "kit", "sam"):
        store.create_user("people", name)
    first = store.users("people", after=0, limit=2)
    rest = store.users("people", after=first[-1].position, limit=10)
    assert [(one.user_id, one.status) for one in (*first, *rest)] == [
        ("zoe", "CREATED"),
        ("kit", "CREATED"),
        ("sam", "CREATED"),
    ]
    assert store.user("people", "kit") == first[1]
    store.delete_user("people", "kit")
    assert [one.user_id for one in store.users("people", after=0, limit=10)] == ["zoe", "sam"]


def test_a_user_is_made_once_in_a_collection(store: Store, kit: str) -> None:
    with pytest.raises(ConflictError, match="kit"):
        store.create_user("people", kit)
    store.create("others", {})
    store.create_user("others", kit)


CALLS: list[Callable[[Store], object]] = [
    lambda store: store.user("people", "nobody"),
    lambda store: store.delete_user("people", "nobody"),
    lambda store: store.associate("people", "nobody", ["x"], threshold=0),
    lambda store: store.disassociate("people", "nobody", ["x"]),
    lambda store: store.user_embedding("people", "nobody"),
    lambda store: store.faces("people", after=0, limit=1, user_id="nobody"),
]


def test_every_method_names_a_missing_user(store: Store) -> None:
    for call in CALLS:
        with pytest.raises(ResourceNotFoundError, match="nobody"):
            call(store)


def test_the_first_faces_define_a_user(store: Store, kit: str) -> None:
    kept = add(store, face(1, 1), face(1, 2), face(2))
    outcome = store.associate("people", kit, [kept[1].face_id, kept[0].face_id, NOWHERE], threshold=80)
    assert outcome == Outcome([kept[1].face_id, kept[0].face_id], [Refusal(NOWHERE, "FACE_NOT_FOUND")])
    assert store.user("people", kit).status == "ACTIVE"
    assert ids(store.faces("people", after=0, limit=10, user_id=kit)) == ids(kept[:2])
    assert [one.user_id for one in store.faces("people", after=0, limit=10)] == [kit, kit, None]
    mean = (embedding_of(1, 1) + embedding_of(1, 2)) / 2
    assert np.allclose(store.user_embedding("people", kit), mean, atol=1e-6)


def test_further_faces_must_be_alike(store: Store, kit: str) -> None:
    kept = add(store, face(1), face(1, 1), face(2))
    store.associate("people", kit, [kept[0].face_id], threshold=80)
    outcome = store.associate("people", kit, ids(kept), threshold=80)
    assert outcome.done == [kept[1].face_id], "those it had are in neither list"
    (refusal,) = outcome.refused
    assert (refusal.face_id, refusal.reason) == (kept[2].face_id, "LOW_MATCH_CONFIDENCE")
    assert refusal.confidence == pytest.approx(similarity(embedding_of(1), embedding_of(2))[0])
    assert store.associate("people", kit, [kept[2].face_id], threshold=0).done == [kept[2].face_id]


def test_a_face_belongs_to_one_user(store: Store, kit: str) -> None:
    (kept,) = add(store, face(1))
    store.create_user("people", "sam")
    store.associate("people", kit, [kept.face_id], threshold=80)
    refusal = Refusal(kept.face_id, "ASSOCIATED_TO_A_DIFFERENT_USER", user_id=kit)
    assert store.associate("people", "sam", [kept.face_id], threshold=80) == Outcome([], [refusal])
    assert store.disassociate("people", "sam", [kept.face_id]) == Outcome([], [refusal])
    assert store.remove("people", [kept.face_id]) == Outcome(
        [], [Refusal(kept.face_id, "ASSOCIATED_TO_AN_EXISTING_USER", user_id=kit)]
    )


def test_faces_are_taken_from_a_user(store: Store, kit: str) -> None:
    kept = add(store, face(1), face(1, 1), face(2))
    store.associate("people", kit, ids(kept[:2]), threshold=80)
    outcome = store.disassociate("people", kit, [*ids(kept), NOWHERE])
    assert outcome == Outcome(ids(kept[:2]), [Refusal(NOWHERE, "FACE_NOT_FOUND")])
    assert store.user("people", kit).status == "CREATED"
    assert store.user_embedding("people", kit) is None
    assert store.nearest_users("people", embedding_of(1), count=5) == []
    assert store.remove("people", ids(kept)).done == ids(kept)


def test_a_user_has_at_most_a_hundred_faces(store: Store, kit: str) -> None:
    kept = add(store, *(face(1, variant) for variant in range(102)))
    store.associate("people", kit, ids(kept[:99]), threshold=80)
    with pytest.raises(ServiceQuotaExceededError, match="100"):
        store.associate("people", kit, ids(kept[90:]), threshold=80)
    assert len(store.faces("people", after=0, limit=200, user_id=kit)) == 99
    assert len(store.associate("people", kit, ids(kept[:100]), threshold=80).done) == 1


def test_users_are_found_by_their_mean(store: Store, place: Place) -> None:
    for person in (1, 2, 3):
        kept = add(store, face(person, 1), face(person, 2), name=str(person))
        store.create_user("people", f"user-{person}")
        store.associate("people", f"user-{person}", ids(kept), threshold=80)
    store.create_user("people", "empty")

    def check(store: Store) -> None:
        best, *others = store.nearest_users("people", embedding_of(2), count=10)
        assert (best.user.user_id, best.user.status) == ("user-2", "ACTIVE")
        mean = store.user_embedding("people", "user-2")
        assert best.similarity == pytest.approx(similarity(embedding_of(2), mean)[0])
        assert {match.user.user_id for match in others} == {"user-1", "user-3"}
        assert [match.user for match in store.nearest_users("people", embedding_of(2), count=1)] == [best.user]

    check(store)
    store.close()
    check(place.open())


def test_the_mean_follows_the_faces(store: Store, kit: str) -> None:
    kept = add(store, face(1), face(2), face(3))
    for position, person in enumerate((1, 2, 3)):
        store.associate("people", kit, [kept[position].face_id], threshold=0)
        mean = np.mean([embedding_of(other) for other in range(1, person + 1)], axis=0)
        (match,) = store.nearest_users("people", mean, count=5)
        assert match.similarity == pytest.approx(100, abs=0.01)
    store.disassociate("people", kit, ids(kept[:2]))
    (match,) = store.nearest_users("people", embedding_of(3), count=5)
    assert match.similarity == pytest.approx(100, abs=0.01)


def test_a_deleted_user_leaves_its_faces(store: Store, kit: str) -> None:
    kept = add(store, face(1), face(1, 1))
    store.associate("people", kit, ids(kept), threshold=80)
    assert len(store.nearest_users("people", embedding_of(1), count=5)) == 1
    store.delete_user("people", kit)
    assert store.nearest_users("people", embedding_of(1), count=5) == []
    assert [one.user_id for one in store.faces("people", after=0, limit=10)] == [None, None]
    store.create_user("people", kit)
    assert store.user("people", kit).status == "CREATED"
