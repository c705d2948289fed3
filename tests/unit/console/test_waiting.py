"""Dead letters that are sent again: all that there were, never for ever."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from onlooker_console.apis import Api, Apis, FailedError
from onlooker_console.settings import ConsoleSettings
from onlooker_console.waiting import ROUNDS, SentAgain, reports, send_again


class Queues:
    """Services whose dead letters are sent on a few at a time, and may die anew at once."""

    def __init__(self, dead: int, *, at_a_time: int = 500, deadly: bool = False) -> None:
        self.dead, self.at_a_time, self.deadly = dead, at_a_time, deadly
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"dead": self.dead})
        self.asked += 1
        moved = 1 if "message_id" in request.url.params else min(self.at_a_time, self.dead)
        self.dead -= 0 if self.deadly else moved
        return httpx.Response(200, json={"redriven": moved, "dead": self.dead})


@asynccontextmanager
async def calling(services: Callable[[httpx.Request], httpx.Response]) -> AsyncIterator[Api]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(services)) as http:
        yield Apis(http, ConsoleSettings()).with_key("key")


@pytest.mark.parametrize("dead", [0, 1, 500, 1201])
async def test_all_are_sent_again_in_as_many_requests_as_it_takes(dead: int) -> None:
    async with calling(Queues(dead)) as api:
        assert await send_again(api, "tagger") == SentAgain(dead, 0)


async def test_those_that_die_anew_are_not_sent_for_ever() -> None:
    queues = Queues(3, deadly=True)
    async with calling(queues) as api:
        assert await send_again(api, "tagger") == SentAgain(3, 0)
    assert queues.asked == 1


async def test_very_many_are_sent_as_far_as_one_click_goes() -> None:
    async with calling(Queues(100, at_a_time=5)) as api:
        assert await send_again(api, "tagger") == SentAgain(5 * ROUNDS, 100 - 5 * ROUNDS)


async def test_letters_that_somebody_else_holds_are_not_waited_for() -> None:
    queues = Queues(7, at_a_time=0)
    async with calling(queues) as api:
        assert await send_again(api, "tagger") == SentAgain(0, 7)
    assert queues.asked == 1


async def test_only_one_is_sent_if_one_is_named() -> None:
    async with calling(Queues(7)) as api:
        assert await send_again(api, "tagger", "an id") == SentAgain(1, 0)


async def test_a_queue_that_cannot_be_seen_leaves_the_others() -> None:
    def services(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/queues/tagger":
            return httpx.Response(500, content=json.dumps({"detail": "It broke."}))
        return httpx.Response(200, json={"dead": 0})

    async with calling(services) as api:
        found = await reports(api)
    assert isinstance(found.pop("tagger").error, FailedError)
    assert {name: queue.error for name, queue in found.items()} == dict.fromkeys(
        ["recognizer", "recognizer-people", "annotator", "notifier"]
    )
