import pytest

from onlooker_rekognition.protocol.errors import ResourceNotFoundError
from onlooker_rekognition.store import OutdatedFace, Store
from rekognition_fakes import embedding_of
from rekognition_stores import NEXT_MODEL, Place, add, face, ids


@pytest.fixture
def old(store: Store) -> Store:
    """A store whose faces a later model has not embedded: two with chips, one without; `kit` has the first two."""
    kept = add(store, face(1, chip=b"chip 1"), face(1, 1, chip=b"chip 2"), face(2))
    store.create_user("people", "kit")
    store.associate("people", "kit", ids(kept[:2]), threshold=80)
    store.close()
    return store


def test_embeddings_of_another_model_are_never_compared(old: Store, place: Place) -> None:
    store = place.open(NEXT_MODEL)
    listed = store.faces("people", after=0, limit=10)
    assert len(listed) == 3
    assert {one.model_version for one in listed} == {"7.0"}
    assert store.nearest("people", embedding_of(1), count=5) == []
    assert store.embedding("people", listed[0].face_id) is None
    assert store.nearest_users("people", embedding_of(1), count=5) == []
    assert store.user_embedding("people", "kit") is None
    (new,) = add(store, face(1, 2), name="two")
    assert [match.face for match in store.nearest("people", embedding_of(1), count=5)] == [new]
    assert store.associate("people", "kit", [new.face_id], threshold=0).refused[0].reason == "LOW_MATCH_CONFIDENCE"


def test_the_same_version_of_another_model_is_another_model(old: Store, place: Place) -> None:
    store = place.open(type(NEXT_MODEL)("model-2", "7.0"))
    assert store.nearest("people", embedding_of(1), count=5) == []
    assert len(store.outdated("people", after=0, limit=10)) == 3


def test_outdated_faces_come_in_pages_with_their_chips(old: Store, place: Place) -> None:
    assert place.open().outdated("people", after=0, limit=10) == []
    store = place.open(NEXT_MODEL)
    kept = store.faces("people", after=0, limit=10)
    first = store.outdated("people", after=0, limit=2)
    rest = store.outdated("people", after=first[-1].position, limit=2)
    assert [*first, *rest] == [
        OutdatedFace(one.position, one.face_id, chip)
        for one, chip in zip(kept, (b"chip 1", b"chip 2", None), strict=True)
    ]


def test_a_collection_moves_to_another_model(old: Store, place: Place) -> None:
    store = place.open(NEXT_MODEL)
    first, second, third = (one.position for one in store.outdated("people", after=0, limit=10))
    store.nearest("people", embedding_of(1), count=5), store.nearest_users("people", embedding_of(1), count=5)

    assert store.reembed("people", {first: embedding_of(5), second: embedding_of(5, 1), 999: embedding_of(6)}) == 2
    assert [match.face.position for match in store.nearest("people", embedding_of(5), count=5)] == [first, second]
    assert [match.user.user_id for match in store.nearest_users("people", embedding_of(5), count=5)] == ["kit"]
    assert store.get("people").face_model_version == "7.0", "one is outdated yet"
    assert [one.position for one in store.outdated("people", after=0, limit=10)] == [third]

    assert store.reembed("people", {third: embedding_of(6), first: embedding_of(9)}) == 1
    assert store.get("people").face_model_version == "8.0"
    assert {one.model_version for one in store.faces("people", after=0, limit=10)} == {"8.0"}
    assert store.nearest("people", embedding_of(6), count=1)[0].face.position == third
    assert store.nearest("people", embedding_of(5), count=1)[0].similarity == pytest.approx(100, abs=0.01)


def test_moving_survives_a_restart(old: Store, place: Place) -> None:
    store = place.open(NEXT_MODEL)
    store.reembed("people", {one.position: embedding_of(5) for one in store.outdated("people", after=0, limit=10)})
    store.close()
    again = place.open(NEXT_MODEL)
    assert len(again.nearest("people", embedding_of(5), count=5)) == 3
    assert len(again.nearest_users("people", embedding_of(5), count=5)) == 1


def test_a_picture_that_is_indexed_again_moves_its_faces(old: Store, place: Place) -> None:
    store = place.open(NEXT_MODEL)
    before = store.faces("people", after=0, limit=10)
    store.nearest_users("people", embedding_of(1), count=5)
    kept = add(store, face(5), face(5, 1), face(6))
    assert ids(kept) == ids(before)
    assert {one.model_version for one in kept} == {"8.0"}
    assert ids([match.face for match in store.nearest("people", embedding_of(5), count=1)]) == [kept[0].face_id]
    assert [match.user.user_id for match in store.nearest_users("people", embedding_of(5), count=5)] == ["kit"]
    assert store.outdated("people", after=0, limit=10) == []


def test_faces_of_another_collection_are_left_alone(old: Store, place: Place) -> None:
    store = place.open(NEXT_MODEL)
    store.create("others", {})
    (position, *_) = (one.position for one in store.outdated("people", after=0, limit=10))
    assert store.reembed("others", {position: embedding_of(5)}) == 0
    with pytest.raises(ResourceNotFoundError):
        store.reembed("nowhere", {position: embedding_of(5)})
