from onlooker_rekognition.store import Remembered, Store
from rekognition_stores import Place

ANSWER = Remembered(b"digest", b'{"answer": 1}')
OTHER = Remembered(b"other", b"{}")
DAY = 24 * 3600


def test_an_answer_is_recalled_by_operation_and_token(store: Store, place: Place) -> None:
    store.remember("CreateUser", "token", ANSWER)
    store.remember("DeleteUser", "token", OTHER)
    store.close()
    again = place.open()
    assert again.recall("CreateUser", "token") == ANSWER
    assert again.recall("DeleteUser", "token") == OTHER
    assert again.recall("CreateUser", "another") is None


def test_the_first_answer_stays(store: Store) -> None:
    store.remember("CreateUser", "token", ANSWER)
    store.remember("CreateUser", "token", OTHER)
    assert store.recall("CreateUser", "token") == ANSWER


def test_an_answer_is_forgotten_after_a_day(store: Store, place: Place) -> None:
    store.remember("CreateUser", "token", ANSWER)
    place.pass_time(DAY - 60)
    assert store.recall("CreateUser", "token") == ANSWER
    place.pass_time(120)
    assert store.recall("CreateUser", "token") is None
    store.remember("CreateUser", "token", OTHER)
    assert store.recall("CreateUser", "token") == OTHER
