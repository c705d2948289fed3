"""What those are told who look at a search: what is new or different, what is gone, and when nothing can be told."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from http import HTTPStatus
from typing import Any

import pytest

from onlooker_console.apis import AwayError, KeyRejectedError, RefusedError
from onlooker_console.lookouts import WINDOW, Change, Lookouts, changes, known_since
from onlooker_console.search import Search

SEARCH = Search.read([("label", "Dog"), ("sort", "oldest")])
LATER = "9999"


def picture(number: int, **more: Any) -> dict[str, Any]:
    time = f"2026-11-21T10:{number // 60:02}:{number % 60:02}Z"
    return {"image_id": f"{number:032}", "uploaded_at": time, "indexed_at": time, **more}


def window(*numbers: int) -> tuple[dict[str, Any], ...]:
    return tuple(picture(number) for number in sorted(numbers, reverse=True))


def numbers(change: Change) -> tuple[list[int], list[int]]:
    return [int(each["image_id"]) for each in change.found], [int(each) for each in change.gone]


class Tagger:
    """Stands in for the services: answers with what a test says, and counts how often it was asked."""

    def __init__(self, *pictures: dict[str, Any]) -> None:
        self.answer: Callable[[], Any] = lambda: {"images": list(pictures)}
        self.asked: list[Any] = []
        self.again = asyncio.Event()

    def shows(self, *numbers: int) -> None:
        self.answer = lambda: {"images": list(window(*numbers))}

    def fails(self, error: Exception) -> None:
        def answer() -> Any:
            raise error

        self.answer = answer

    async def get(self, path: str, parameters: Any = None) -> Any:
        self.asked.append((path, parameters))
        self.again.set()
        return self.answer()


def lookouts(**more: Any) -> Lookouts:
    return Lookouts(every=0.01, **more)


async def told(following: AsyncGenerator[Change, None]) -> Change:
    async with asyncio.timeout(5):
        return await anext(following)


def test_pictures_that_a_page_shows_already_are_not_told_again() -> None:
    seen = known_since(window(1, 2, 3), picture(3)["indexed_at"])
    assert numbers(changes(seen, window(1, 2, 3))[0]) == ([3], [])


def test_a_picture_that_looks_different_is_told_again() -> None:
    seen = known_since(window(1, 2), LATER)
    change, _ = changes(seen, (picture(2), picture(1, thumbnail={"width": 1})))
    assert numbers(change) == ([1], [])


def test_a_picture_that_is_not_found_any_more_is_gone() -> None:
    assert numbers(changes(known_since(window(1, 2, 3), LATER), window(1, 3))[0]) == ([], [2])
    assert numbers(changes(known_since(window(1), LATER), ())[0]) == ([], [1])


def test_pictures_that_others_push_out_of_sight_are_not_gone() -> None:
    full, more = range(WINDOW), range(3, WINDOW + 3)
    assert numbers(changes(known_since(window(*full), LATER), window(*more))[0]) == (
        [WINDOW + 2, WINDOW + 1, WINDOW],
        [],
    )


def test_older_pictures_that_come_into_sight_when_one_is_deleted_are_not_new() -> None:
    full = window(*range(1, WINDOW + 1))
    change, _ = changes(known_since(full, LATER), window(*range(WINDOW)))
    assert numbers(change) == ([], [WINDOW])


async def test_new_pictures_are_told_as_they_come() -> None:
    tagger = Tagger(*window(1))
    following = lookouts().follow(tagger, "key", SEARCH, LATER)
    telling = asyncio.create_task(told(following))
    await tagger.again.wait()
    tagger.shows(1, 2)
    assert numbers(await telling) == ([2], [])
    tagger.shows(2)
    assert numbers(await told(following)) == ([], [1])
    await following.aclose()
    assert tagger.asked[0] == ("/tags/images", [("label", "Dog"), ("sort", "newest"), ("limit", str(WINDOW))])


async def test_whoever_looks_at_the_same_with_the_same_key_shares_a_question() -> None:
    tagger, other, all_lookouts = Tagger(*window(1)), Tagger(*window(1)), lookouts()
    one, two = (all_lookouts.follow(each, "key", SEARCH, "") for each in (tagger, other))
    assert numbers(await told(one)) == numbers(await told(two)) == ([1], [])
    await one.aclose()
    tagger.shows(1, 2)
    assert numbers(await told(two)) == ([2], [])  # who came second is told on when who came first has left
    assert other.asked == []
    await two.aclose()


async def test_another_key_asks_for_itself() -> None:
    tagger, other, all_lookouts = Tagger(*window(1)), Tagger(), lookouts()
    one, two = all_lookouts.follow(tagger, "key", SEARCH, ""), all_lookouts.follow(other, "another", SEARCH, "")
    assert numbers(await told(one)) == ([1], [])
    waiting = asyncio.create_task(anext(two))
    await other.again.wait()
    waiting.cancel()
    await asyncio.wait({waiting})
    await one.aclose()


async def test_nobody_is_asked_when_nobody_looks() -> None:
    tagger, all_lookouts = Tagger(*window(1)), lookouts()
    following = all_lookouts.follow(tagger, "key", SEARCH, "")
    await told(following)
    await following.aclose()
    asked = len(tagger.asked)
    await asyncio.sleep(0.05)
    assert len(tagger.asked) == asked
    assert all_lookouts._running == {}


async def test_it_says_that_search_is_away_and_that_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onlooker_console.lookouts.PATIENCE", 0.01)
    tagger = Tagger()
    tagger.fails(AwayError("Search does not answer."))
    following = lookouts().follow(tagger, "key", SEARCH, LATER)
    assert await told(following) == Change(trouble="Search does not answer.")
    tagger.shows()
    assert await told(following) == Change()
    await following.aclose()


@pytest.mark.parametrize(
    "error", [KeyRejectedError("revoked"), RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "no such filter")], ids=str
)
async def test_it_ends_where_the_key_or_the_search_is_refused(error: Exception) -> None:
    tagger = Tagger()
    tagger.fails(error)
    with pytest.raises(StopAsyncIteration):
        await told(lookouts().follow(tagger, "key", SEARCH, LATER))


async def test_it_ends_after_a_while_so_that_sessions_are_checked_anew() -> None:
    following = lookouts(lifetime=0.05).follow(Tagger(), "key", SEARCH, LATER)
    with pytest.raises(StopAsyncIteration):
        await told(following)
