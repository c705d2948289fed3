import asyncio
from collections.abc import Sequence
from itertools import chain

from onlooker_tagger.batches import Batches


async def test_what_is_added_meanwhile_is_committed_together_and_in_order() -> None:
    commits: list[list[int]] = []

    async def commit(writes: Sequence[int]) -> list[Exception | None]:
        commits.append(list(writes))
        await asyncio.sleep(0)
        return [None] * len(writes)

    batches = Batches(commit, size=4)
    await asyncio.gather(*map(batches.add, range(10)))

    assert list(chain.from_iterable(commits)) == list(range(10))
    assert max(map(len, commits)) == 4
    assert len(commits) <= 4


async def test_each_is_told_of_its_own_failure() -> None:
    async def commit(writes: Sequence[int]) -> list[Exception | None]:
        return [ValueError(str(n)) if n % 2 else None for n in writes]

    outcomes = await asyncio.gather(*map(Batches(commit, size=10).add, range(4)), return_exceptions=True)

    assert [str(outcome) for outcome in outcomes] == ["None", "1", "None", "3"]


async def test_a_commit_that_fails_altogether_is_told_to_all_and_the_next_is_made() -> None:
    failing = True

    async def commit(writes: Sequence[int]) -> list[Exception | None]:
        if failing:
            raise ConnectionError
        return [None] * len(writes)

    batches = Batches(commit, size=10)
    outcomes = await asyncio.gather(batches.add(1), batches.add(2), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ConnectionError, ConnectionError]
    failing = False
    await batches.add(3)


async def test_a_caller_that_left_keeps_nobody_else_waiting() -> None:
    go_on = asyncio.Event()

    async def commit(writes: Sequence[int]) -> list[Exception | None]:
        await go_on.wait()
        return [None] * len(writes)

    batches = Batches(commit, size=10)
    left, stays = asyncio.create_task(batches.add(1)), asyncio.create_task(batches.add(2))
    await asyncio.sleep(0)
    left.cancel()
    go_on.set()
    await stays
    await batches.close()
