"""What SIGTERM and SIGINT do while the stack starts, before `serve` listens to them."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from onlooker_shared.run import STOP_SIGNALS


@contextmanager
def cancelled_by_signals() -> Generator[None, None, None]:
    """Cancel this task by SIGTERM and SIGINT; at the end of the block that is over: to be told to stop is no failure.

    What was started is stopped on the way out. Once `serve` has run, the signals mean again what they do by default: a
    second Ctrl-C does not wait for the children, which then stop by themselves.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in one
    told = 0

    def stop() -> None:
        nonlocal told
        told += 1
        task.cancel()

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    except asyncio.CancelledError:
        if not told:
            raise
        for _ in range(told):
            task.uncancel()
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
