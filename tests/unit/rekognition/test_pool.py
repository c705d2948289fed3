import asyncio
import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing
from typing import Any

import pytest

from onlooker_rekognition.pool import Pool, QueueFullError, WaitedTooLongError


@pytest.fixture
def pool() -> Iterator[Pool]:
    with closing(Pool(workers=1, queue_length=1)) as opened:
        yield opened


@pytest.fixture
def impatient() -> Iterator[Pool]:
    with closing(Pool(workers=1, queue_length=1, queue_seconds=0.01)) as opened:
        yield opened


@asynccontextmanager
async def occupied(pool: Pool) -> Any:
    """The only worker is busy for the length of the block."""
    started, gate = threading.Event(), threading.Event()
    blocking = asyncio.create_task(pool.run(lambda: started.set() or gate.wait()))
    await asyncio.to_thread(started.wait)
    try:
        yield
    finally:
        gate.set()
        assert await blocking


def waiting(pool: Pool, work: Callable[[], Any], **options: Any) -> asyncio.Task[Any]:
    return asyncio.create_task(pool.run(work, **options))


async def test_work_is_done_by_another_thread_and_its_result_comes_back(pool: Pool) -> None:
    assert await pool.run(threading.get_ident) != threading.get_ident()


async def test_what_the_work_raises_comes_back(pool: Pool) -> None:
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda: 1 / 0)


def test_no_more_slots_are_given_than_there_are(pool: Pool) -> None:
    with ExitStack() as stack:
        stack.enter_context(pool.slot())
        stack.enter_context(pool.slot())
        assert pool.admitted == 2
        with pytest.raises(QueueFullError), pool.slot():
            pass
    assert pool.admitted == 0
    with pool.slot():
        assert pool.admitted == 1


async def test_waiting_work_that_is_cancelled_is_never_begun(pool: Pool) -> None:
    begun: list[int] = []
    async with occupied(pool):
        task = waiting(pool, lambda: begun.append(1))
        await asyncio.sleep(0)
        assert pool.waiting == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert pool.waiting == 0
    assert begun == []


async def test_running_work_that_is_cancelled_keeps_its_slot_until_the_thread_is_free(pool: Pool) -> None:
    started, gate = threading.Event(), threading.Event()

    async def request() -> None:
        with pool.slot():
            await pool.run(lambda: started.set() or gate.wait())

    task = asyncio.create_task(request())
    await asyncio.to_thread(started.wait)
    admitted = []
    for _ in range(2):  # the client has gone, and then the server stops
        task.cancel()
        await asyncio.sleep(0.01)
        admitted.append(pool.admitted)
    gate.set()
    assert admitted == [1, 1]
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pool.admitted == 0


async def test_what_work_raises_that_nobody_waits_for_is_not_logged_as_an_error(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    started, gate = threading.Event(), threading.Event()

    def fail() -> None:
        started.set()
        gate.wait()
        raise ValueError

    task = waiting(pool, fail)
    await asyncio.to_thread(started.wait)
    task.cancel()
    await asyncio.sleep(0)
    gate.set()
    await asyncio.wait([task])
    assert task.cancelled()
    gc.collect()
    assert caplog.records == []


async def test_work_that_no_worker_begins_in_time_is_given_up_and_never_begun(impatient: Pool) -> None:
    begun: list[int] = []
    async with occupied(impatient):
        with pytest.raises(WaitedTooLongError):
            await impatient.run(lambda: begun.append(1))
        assert impatient.waiting == 0
    assert begun == []
    assert await impatient.run(lambda: "served") == "served", "later work is not held up by it"


async def test_work_that_was_begun_in_time_may_take_longer_than_the_wait(impatient: Pool) -> None:
    started, gate = threading.Event(), threading.Event()
    task = waiting(impatient, lambda: started.set() or gate.wait())
    await asyncio.to_thread(started.wait)
    await asyncio.sleep(0.05)  # five times what it might have waited
    gate.set()
    assert await task


async def test_patient_work_waits_for_as_long_as_it_takes(impatient: Pool) -> None:
    async with occupied(impatient):
        task = waiting(impatient, lambda: "served", patient=True)
        with pytest.raises(WaitedTooLongError):  # what is begun after it has been given up since
            await impatient.run(lambda: None)
    assert await task == "served"


async def test_workers_take_what_waits_in_the_order_it_came(pool: Pool) -> None:
    order: list[int] = []
    async with occupied(pool):
        tasks = [waiting(pool, lambda number=number: order.append(number)) for number in range(5)]
        await asyncio.sleep(0)
        assert pool.waiting == 5
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4]


async def test_each_wait_is_told_once_the_work_begins() -> None:
    waits: list[float] = []
    with closing(Pool(workers=1, queue_length=1, waited=waits.append)) as pool:
        async with occupied(pool):
            task = waiting(pool, lambda: None)
            await asyncio.sleep(0.02)
        await task
    assert waits[0] < 0.02 <= waits[1]
    assert len(waits) == 2


async def test_a_picture_nobody_waits_for_is_let_go_of_before_a_worker_is_free(pool: Pool) -> None:
    class Picture:
        pass

    picture = Picture()
    kept = weakref.ref(picture)
    async with occupied(pool):
        task = waiting(pool, lambda picture=picture: picture)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        del picture, task
        gc.collect()
        assert kept() is None
