"""Many threads at once, in one server; on PostgreSQL in two."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from onlooker_rekognition.protocol.errors import ConflictError, ResourceNotFoundError
from onlooker_rekognition.store import Store
from onlooker_rekognition.vision.similarity import similarity
from rekognition_fakes import embedding_of
from rekognition_stores import NEXT_MODEL, PLACES_OF_MANY_SERVERS, Place, add, face, ids, picture


@pytest.fixture
def servers(store: Store, place: Place) -> list[Store]:
    """The store as its servers see it."""
    return [store, place.open()] if isinstance(place, PLACES_OF_MANY_SERVERS) else [store]


def at_once(servers: list[Store], times: int, call: Callable[[Store, int], Any]) -> list[Any]:
    """What `call` returned or raised, for each number, with the servers taking turns."""

    def one(number: int) -> Any:
        try:
            return call(servers[number % len(servers)], number)
        except (ConflictError, ResourceNotFoundError) as error:
            return type(error)

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(one, range(times)))


def test_one_picture_indexed_by_many_at_once_is_kept_once(servers: list[Store]) -> None:
    faces = [face(person, left=person / 10) for person in range(5)]

    def index(store: Store, number: int) -> tuple[str, ...]:
        return tuple(sorted(ids(store.add("people", picture("one"), faces[:: -1 if number % 2 else 1]))))

    assert len(set(at_once(servers, 24, index))) == 1
    assert servers[0].get("people").face_count == 5
    assert len(servers[0].nearest("people", embedding_of(1), count=10)) == 5


def test_additions_searches_and_removals_beside_one_another(servers: list[Store]) -> None:
    def work(store: Store, number: int) -> None:
        (kept,) = store.add("people", picture(str(number)), [face(number)])
        assert store.nearest("people", embedding_of(number), count=1)[0].face == kept
        if number % 2:
            assert store.remove("people", [kept.face_id]).done == [kept.face_id]
            assert kept not in [match.face for match in store.nearest("people", embedding_of(number), count=1)]

    at_once(servers, 60, work)
    for store in servers:
        assert store.get("people").face_count == 30
        assert len(store.faces("people", after=0, limit=100)) == 30
        assert len(store.nearest("people", embedding_of(0), count=100)) == 30


def test_a_picture_indexed_while_its_face_is_removed_is_answered_with_a_face(servers: list[Store]) -> None:
    def work(store: Store, number: int) -> str:
        (kept,) = store.add("people", picture("one"), [face(1)])
        if number % 2:
            store.remove("people", [kept.face_id])
        return kept.face_id

    assert all(at_once(servers, 60, work))
    assert servers[0].get("people").face_count == len(servers[0].faces("people", after=0, limit=10)) <= 1


def test_a_face_that_two_users_want_goes_to_one(servers: list[Store]) -> None:
    kept = add(servers[0], *(face(1, variant) for variant in range(10)))
    for number in range(6):
        servers[0].create_user("people", f"user-{number}")

    def associate(store: Store, number: int) -> list[str]:
        wanted = ids(kept)[:: -1 if number % 2 else 1]
        return store.associate("people", f"user-{number}", wanted, threshold=0).done

    given = Counter(face_id for done in at_once(servers, 6, associate) for face_id in done)
    assert given == Counter(ids(kept))
    owners = Counter(one.user_id for one in servers[0].faces("people", after=0, limit=20))
    for number in range(6):
        active = servers[0].user("people", f"user-{number}").status == "ACTIVE"
        assert active == (owners[f"user-{number}"] > 0)


def test_no_user_gets_more_than_a_hundred_faces(servers: list[Store]) -> None:
    kept = add(servers[0], *(face(1, variant) for variant in range(100)))
    more = add(servers[0], *(face(1, variant) for variant in range(100, 110)), name="two")
    servers[0].create_user("people", "kit")

    def associate(store: Store, number: int) -> None:
        part = ids(kept)[number * 10 : number * 10 + 10]
        assert store.associate("people", "kit", part, threshold=0).done == part

    at_once(servers, 10, associate)
    with pytest.raises(Exception, match="110 faces"):
        servers[0].associate("people", "kit", ids(more), threshold=0)


def test_a_collection_deleted_among_additions_leaves_nothing(servers: list[Store]) -> None:
    def work(store: Store, number: int) -> None:
        if number == 20:
            store.delete("people")
        else:
            store.add("people", picture(str(number)), [face(number)])

    outcomes = at_once(servers, 40, work)
    assert set(outcomes) <= {None, ResourceNotFoundError}
    with pytest.raises(ResourceNotFoundError):
        servers[0].get("people")
    assert servers[-1].create("people", {}).face_count == 0


def test_one_of_many_makes_the_user(servers: list[Store]) -> None:
    made = Counter(at_once(servers, 12, lambda store, _: store.create_user("people", "kit")))
    assert made == Counter({None: 1, ConflictError: 11})
    assert servers[0].get("people").user_count == 1


def test_faces_move_to_another_model_while_users_get_and_lose_them(store: Store, place: Place) -> None:
    kept = add(store, *(face(1, variant) for variant in range(30)))
    for number in range(3):
        store.create_user("people", f"user-{number}")
        store.associate("people", f"user-{number}", ids(kept[number::3]), threshold=0)
    store.close()
    servers = [place.open(NEXT_MODEL) for _ in range(2 if isinstance(place, PLACES_OF_MANY_SERVERS) else 1)]

    def move(store: Store) -> int:
        page = store.outdated("people", after=0, limit=7)
        return store.reembed("people", {one.position: embedding_of(5, one.position) for one in page})

    def work(store: Store, number: int) -> None:
        user, part = f"user-{number % 3}", ids(kept[number % 3 :: 3])
        if number % 2:
            store.disassociate("people", user, part[number % 5 : number % 5 + 2])
        else:
            move(store)

    at_once(servers, 24, work)
    while move(servers[0]):
        pass
    for user in servers[0].users("people", after=0, limit=10):
        faces = servers[0].faces("people", after=0, limit=40, user_id=user.user_id)
        mean = np.mean([embedding_of(5, one.position) for one in faces], axis=0)
        assert np.allclose(servers[0].user_embedding("people", user.user_id), mean, atol=1e-6)
        (match,) = (
            one for one in servers[0].nearest_users("people", mean, count=5) if one.user.user_id == user.user_id
        )
        assert match.similarity == pytest.approx(similarity(mean, mean)[0])
