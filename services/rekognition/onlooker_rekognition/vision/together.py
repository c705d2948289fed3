"""Parts of one picture's work done at the same time, by cores that have nothing else to do.

A caller waits for the whole, so it takes part itself: what no helper has begun when the caller gets to it, the caller
does. With all cores busy nothing waits for a helper, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def together(work: Callable[[Item], Result], items: Sequence[Item], helpers: Executor | None) -> list[Result]:
    """Return what `work` makes of each item, in their order. What it raises is raised once nothing runs any more."""
    if helpers is None or len(items) <= 1:
        return [work(item) for item in items]
    offered = [helpers.submit(work, item) for item in items[1:]]
    try:
        first = work(items[0])
        own = {number: work(items[number + 1]) for number in reversed(range(len(offered))) if offered[number].cancel()}
        return [first, *(own[number] if number in own else each.result() for number, each in enumerate(offered))]
    finally:
        _settle(offered)


@contextmanager
def ahead(work: Callable[[], Result], helpers: Executor | None) -> Iterator[Callable[[], Result]]:
    """Within the block, have a helper begin `work` before its result is asked for, by calling what the block is given.

    What it raises is raised where its result is asked for. After the block nothing of it runs any more; if nobody asked
    for it, it was done in vain, unless no helper had time for it.
    """
    if helpers is None:
        yield work
        return
    offered = helpers.submit(work)
    try:
        yield lambda: work() if offered.cancel() else offered.result()
    finally:
        _settle([offered])


def _settle(offered: Sequence[Future[Result]]) -> None:
    for each in offered:
        if not each.cancel():
            each.exception()  # waits
