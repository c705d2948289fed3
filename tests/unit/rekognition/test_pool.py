import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from onlooker_rekognition.pool import Pool, QueueFullError


@pytest.fixture
def pool() -> Iterator[Pool]:
    with closing(Pool(workers=1, queue_length=1)) as opened:
        yield opened


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
    started, gate, begun = threading.Event(), threading.Event(), []
    blocking = asyncio.create_task(pool.run(lambda: started.set() or gate.wait()))
    await asyncio.to_thread(started.wait)
    waiting = asyncio.create_task(pool.run(lambda: begun.append(1)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.set()
    assert await blocking
    assert begun == []


async def test_running_work_that_is_cancelled_keeps_its_slot_until_the_thread_is_free(pool: Pool) -> None:
    started, gate = threading.Event(), threading.Event()

    async def request() -> None:
        with pool.slot():
            await pool.run(lambda: started.set() or gate.wait())

    task = asyncio.create_task(request())
    await asyncio.to_thread(started.wait)
    task.cancel()
    await asyncio.sleep(0)
    assert pool.admitted == 1
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pool.admitted == 0
