"""One picture's work in parts."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from onlooker_rekognition.vision.together import ahead, together


@pytest.fixture
def helpers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def test_a_helper_takes_part(helpers: ThreadPoolExecutor) -> None:
    both = threading.Barrier(2, timeout=10)  # passed only if two are at work at once

    def work(number: int) -> int:
        both.wait()
        return number

    assert together(work, [1, 2], helpers) == [1, 2]


def test_what_no_helper_begins_the_caller_does_itself(helpers: ThreadPoolExecutor) -> None:
    busy = threading.Event()
    helpers.submit(busy.wait, 10)
    assert together(lambda number: number * number, range(5), helpers) == [0, 1, 4, 9, 16]
    busy.set()


def test_a_failure_is_raised_after_all_have_ended(helpers: ThreadPoolExecutor) -> None:
    began, go, ended = threading.Event(), threading.Event(), threading.Event()

    def work(name: str) -> None:
        if name == "slow":
            began.set()
            go.wait(10)
            ended.set()
            return
        began.wait(10)
        threading.Timer(0.05, go.set).start()
        raise ValueError(name)

    with pytest.raises(ValueError, match="fails"):
        together(work, ["fails", "slow"], helpers)
    assert ended.is_set()


def test_a_helper_begins_what_is_asked_for_later(helpers: ThreadPoolExecutor) -> None:
    done = threading.Event()

    def work() -> str:
        done.set()
        return threading.current_thread().name

    with ahead(work, helpers) as result:
        assert done.wait(10)
        assert result() != threading.current_thread().name


def test_what_no_helper_has_begun_is_done_by_who_asks_for_it(helpers: ThreadPoolExecutor) -> None:
    busy = threading.Event()
    helpers.submit(busy.wait, 10)
    with ahead(lambda: threading.current_thread().name, helpers) as result:
        assert result() == threading.current_thread().name
    busy.set()


def test_a_failure_ahead_is_raised_where_it_is_asked_for_and_nowhere_else(helpers: ThreadPoolExecutor) -> None:
    def work() -> None:
        raise ValueError("ahead")

    with ahead(work, helpers) as result, pytest.raises(ValueError, match="ahead"):
        result()
    with ahead(work, helpers):
        helpers.submit(bool).result()  # it has failed, and nobody asks
    with pytest.raises(KeyError), ahead(work, helpers):
        raise KeyError


def test_what_nobody_asks_for_has_ended_with_the_block_or_is_never_begun(helpers: ThreadPoolExecutor) -> None:
    began, go, ended = threading.Event(), threading.Event(), threading.Event()
    never = threading.Event()

    def work() -> None:
        began.set()
        go.wait(10)
        ended.set()

    with ahead(work, helpers), ahead(never.set, helpers):
        assert began.wait(10)
        threading.Timer(0.05, go.set).start()
    assert ended.is_set()
    helpers.submit(bool).result()
    assert not never.is_set()
