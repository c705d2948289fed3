"""A value is made when it is first asked for, and once, whoever asks at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from onlooker_rekognition.vision.once import Once


def test_nothing_is_made_before_it_is_asked_for() -> None:
    made: list[str] = []
    value = Once(lambda: made.append("made"))
    assert not made
    value()
    value()
    assert made == ["made"]


def test_many_threads_that_ask_at_once_get_the_one_that_is_made() -> None:
    asking = threading.Barrier(8)
    made: list[object] = []

    def make() -> object:
        made.append(object())
        return made[-1]

    value = Once(make)

    def ask(_: int) -> object:
        asking.wait()
        return value()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == set(made)
    assert len(made) == 1


def test_a_failure_is_raised_each_time_until_making_works() -> None:
    outcomes = [OSError("first"), OSError("second"), "value"]

    def make() -> str:
        outcome = outcomes.pop(0)
        if isinstance(outcome, OSError):
            raise outcome
        return outcome

    value = Once(make)
    for reason in ("first", "second"):
        with pytest.raises(OSError, match=reason):
            value()
    assert value() == "value"


def test_nothing_is_a_value_too() -> None:
    calls = iter([None])
    value = Once(lambda: next(calls))
    assert value() is None
    assert value() is None
