"""How soon the console's pages are there when 100,000 pictures are, against what the same server answers at /healthz.

The first screen of the gallery shows real pictures; the others are documents of the index alone. Times of the server
are what a client waits for a whole page, over the loopback interface; what a page paints, Chromium itself measures,
with nothing in its cache. `ONLOOKER_BENCH_DOCUMENTS` says another number of documents.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, StorageState

from album import add_to_album
from chromium import running_chromium
from load import distinct
from onlooker.client import connect
from onlooker.pictures import Picture
from onlooker_tagger.sqlite import open_index
from painting import Painted, paint
from search import AT_ONCE, COUNT
from stack import Stack, running_stack
from synthetic import synthetic

REAL = 40
"""Pictures: the first screen of the gallery, and some more."""
ROUNDS = 40
"""Requests of each page."""
PAINTS = 5
"""Loads of each page; the median counts."""
BASELINE = "/healthz"
KEPT = {"ONLOOKER_SWEEP_AT_START": "false"}
"""The environment: a sweep would forget documents whose results are nowhere."""
CHARTS = ("dashboard",)
"""Pages with charts, whose scripts may weigh more."""

Paths = dict[str, Callable[[], str]]
"""What makes a page's path; where that matters, another one each time."""


async def main() -> None:
    """Print the figures of each page."""
    with tempfile.TemporaryDirectory() as scratch, running_stack(Path(scratch) / "data", KEPT) as stack:
        stack.stop()  # it has made its folder
        await _fill(stack.folder.index)
        stack.start()
        paths = _paths(await _real_pictures(stack, Path(scratch)))
        session = await _sign_in(stack)
        await _serve(stack, session, paths)
        async with running_chromium() as browser:
            await _paint(browser, stack, session, paths)


async def _fill(path: Path) -> None:
    documents = synthetic(COUNT)
    async with open_index(path) as index:
        while portion := list(islice(documents, AT_ONCE)):
            await asyncio.gather(*map(index.put, portion))


async def _real_pictures(stack: Stack, scratch: Path) -> list[str]:
    """Upload pictures, which are newer than all others; returns their ids."""
    pictures = []
    for number, data in enumerate(distinct(REAL)):
        path = scratch / f"{number}.jpg"
        path.write_bytes(data)
        pictures.append(Picture(path, f"bench/{path.name}"))
    async with connect(stack.running.url, stack.key) as client:
        return [document["image_id"] for document in (await add_to_album(client, *pictures)).values()]


def _paths(real: list[str]) -> Paths:
    dice = random.Random(11)
    labels = [label.name for document in synthetic(1000, seed=5) for label in document.labels]
    return {
        "pictures": lambda: "/console/pictures",
        "label": lambda: f"/console/pictures?label={dice.choice(labels)}",
        "words": lambda: f"/console/pictures?q={dice.choice(labels)}",
        "picture": lambda: f"/console/pictures/{dice.choice(real)}",
        "upload": lambda: "/console/upload",
        "dashboard": lambda: "/console/dashboard",
        "dashboard, label": lambda: f"/console/dashboard?label={dice.choice(labels)}",
        "alerts": lambda: "/console/alerts",
        "system": lambda: "/console/system",
    }


async def _sign_in(stack: Stack) -> StorageState:
    """Exchange the admin key for a session, as the form does."""
    async with httpx.AsyncClient(base_url=stack.running.url) as http:
        answer = await http.post("/console/signin", data={"access_key": stack.key})
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        cookies: Any = [
            {"name": cookie.name, "value": cookie.value, "domain": "127.0.0.1", "path": cookie.path}
            for cookie in http.cookies.jar
        ]
    return {"cookies": cookies, "origins": []}


async def _serve(stack: Stack, session: StorageState, paths: Paths) -> None:
    cookies = {cookie["name"]: cookie["value"] for cookie in session["cookies"]}
    async with httpx.AsyncClient(base_url=stack.running.url, cookies=cookies, timeout=60) as http:
        healthy = await _seconds(http, lambda: BASELINE)
        baseline = _print_served(BASELINE, healthy, None)
        for name, path in paths.items():
            _print_served(name, await _seconds(http, path), baseline)


async def _seconds(http: httpx.AsyncClient, path: Callable[[], str]) -> list[float]:
    """Return how long requests take, one after the other, in order."""
    seconds = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        answer = await http.get(path())
        seconds.append(time.perf_counter() - began)
        answer.raise_for_status()
    return sorted(seconds[1:])  # the first one opened the connection


def _print_served(name: str, seconds: list[float], baseline: float | None) -> float:
    p50, p95 = statistics.median(seconds), seconds[int(len(seconds) * 0.95)]
    beside = "" if baseline is None else f"   ratio {p50 / baseline:6.1f}   (p50 at most 50 ms)"
    print(f"console   {name:18}  server p50 {p50 * 1000:6.1f} ms   p95 {p95 * 1000:6.1f} ms{beside}")
    return p50


async def _paint(browser: Browser, stack: Stack, session: StorageState, paths: Paths) -> None:
    empty = await _median(browser, stack, session, lambda: BASELINE)
    print(f"console   {BASELINE:18}  first paint {empty.first:5.0f} ms")
    for name, path in paths.items():
        painted = await _median(browser, stack, session, path)
        scripts = "400 kB" if name.startswith(CHARTS) else "60 kB"
        print(
            f"console   {name:18}  first paint {painted.first:5.0f} ms (at most 500)   "
            f"ratio {painted.first / empty.first:4.1f}   largest {painted.largest:5.0f} ms   "
            f"shift {painted.shift:5.3f}   blocked {painted.blocked:4.0f} ms   "
            f"scripts {painted.scripts / 1000:5.1f} kB (at most {scripts})"
        )


async def _median(browser: Browser, stack: Stack, session: StorageState, path: Callable[[], str]) -> Painted:
    """Load a page some times; returns the load whose first paint is the median."""
    loads = [await paint(browser, stack.running.url, path(), session) for _ in range(PAINTS)]
    return sorted(loads, key=lambda load: load.first)[PAINTS // 2]
