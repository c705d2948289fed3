from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from onlooker_rekognition.protocol.errors import (
    ResourceAlreadyExistsError,
    ResourceNotFoundError,
    ServiceQuotaExceededError,
)
from onlooker_rekognition.store import Store
from rekognition_stores import add, face, picture


def test_a_collection_is_as_it_was_made(store: Store) -> None:
    made = store.create("friends", {"team": "vision"})
    assert made == store.get("friends")
    assert (made.id, made.face_model_version, made.face_count, made.user_count) == ("friends", "7.0", 0, 0)
    assert abs(datetime.now(UTC) - made.created_at) < timedelta(minutes=1)
    assert store.tags("friends") == {"team": "vision"}


def test_a_name_is_given_once_and_again_when_it_is_free(store: Store) -> None:
    first = store.get("people")
    with pytest.raises(ResourceAlreadyExistsError, match="The collection id: people already exists"):
        store.create("people", {})
    add(store, face(1))
    store.delete("people")
    second = store.create("people", {})
    assert second.position > first.position
    assert second.face_count == 0
    assert store.faces("people", after=0, limit=10) == []


def test_collections_are_listed_in_pages_in_the_order_of_their_creation(store: Store) -> None:
    for name in ("zebra", "apple", "mango"):
        store.create(name, {})
    first = store.collections(after=0, limit=2)
    rest = store.collections(after=first[-1].position, limit=10)
    assert [one.id for one in (*first, *rest)] == ["people", "zebra", "apple", "mango"]


def test_counts_follow_faces_and_users(store: Store) -> None:
    kept = add(store, face(1), face(2), face(3))
    store.create_user("people", "kit")
    store.create_user("people", "sam")
    assert (store.get("people").face_count, store.get("people").user_count) == (3, 2)
    store.remove("people", [kept[0].face_id])
    store.delete_user("people", "sam")
    assert (store.get("people").face_count, store.get("people").user_count) == (2, 1)
    assert [(one.face_count, one.user_count) for one in store.collections(after=0, limit=10)] == [(2, 1)]


def test_tags_are_added_changed_and_removed(store: Store) -> None:
    store.tag("people", {"team": "vision", "stage": "test"})
    store.tag("people", {"stage": "live"})
    assert store.tags("people") == {"team": "vision", "stage": "live"}
    store.untag("people", ["team", "unknown"])
    assert store.tags("people") == {"stage": "live"}


def test_more_tags_than_are_accepted_change_nothing(store: Store) -> None:
    store.tag("people", {f"key-{number}": "x" for number in range(200)})
    with pytest.raises(ServiceQuotaExceededError, match="200"):
        store.tag("people", {"key-0": "y", "key-200": "x"})
    assert store.tags("people")["key-0"] == "x"
    store.tag("people", {"key-0": "y"})


CALLS: list[Callable[[Store], object]] = [
    lambda store: store.delete("nowhere"),
    lambda store: store.get("nowhere"),
    lambda store: store.tags("nowhere"),
    lambda store: store.tag("nowhere", {"a": "b"}),
    lambda store: store.untag("nowhere", ["a"]),
    lambda store: store.add("nowhere", picture("one"), [face(1)]),
    lambda store: store.faces("nowhere", after=0, limit=1),
    lambda store: store.remove("nowhere", ["x"]),
    lambda store: store.embedding("nowhere", "x"),
    lambda store: store.nearest("nowhere", face(1).embedding, count=1),
    lambda store: store.create_user("nowhere", "kit"),
    lambda store: store.delete_user("nowhere", "kit"),
    lambda store: store.user("nowhere", "kit"),
    lambda store: store.users("nowhere", after=0, limit=1),
    lambda store: store.associate("nowhere", "kit", ["x"], threshold=0),
    lambda store: store.disassociate("nowhere", "kit", ["x"]),
    lambda store: store.user_embedding("nowhere", "kit"),
    lambda store: store.nearest_users("nowhere", face(1).embedding, count=1),
    lambda store: store.outdated("nowhere", after=0, limit=1),
    lambda store: store.reembed("nowhere", {1: face(1).embedding}),
]


def test_every_method_names_a_missing_collection(store: Store) -> None:
    for call in CALLS:
        with pytest.raises(ResourceNotFoundError, match="The collection id: nowhere does not exist"):
            call(store)
