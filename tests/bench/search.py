"""How long searches, statistics and suggestions take among 100,000 pictures, against a plain scan of their documents.

`ONLOOKER_BENCH_DOCUMENTS` says another number. OpenSearch is measured too where `ONLOOKER_TEST_OPENSEARCH_URL` or
`ONLOOKER_TEST_OPENSEARCH_COMMAND` names a node. Each figure holds all that the index does, but not HTTP. A picture
arrives before each query, so that nothing is answered from what was counted before.
"""

import asyncio
import os
import random
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path

from onlooker_tagger.documents import Document
from onlooker_tagger.index import Index
from onlooker_tagger.queries import ImageQuery, StatisticsQuery, SuggestionQuery, Within
from onlooker_tagger.sqlite import open_index
from opensearch_node import COMMAND, URL, running_node
from synthetic import synthetic

COUNT = int(os.environ.get("ONLOOKER_BENCH_DOCUMENTS", "100000"))
ROUNDS = 30
"""Queries of each kind."""
AT_ONCE = 2000
"""Documents written without waiting for each."""
SCANS = 5
ALL = Within()
BOUND = Within(bucket="images", prefix="2026/0")

Query = Callable[[Index], Awaitable[object]]


async def main() -> None:
    """Print the figures of each index that there is."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "tags.db"
        scan = await _sqlite(path)
        print(f"search    sqlite      file                    {path.stat().st_size / 2**20:8.0f} MiB")
    if os.environ.get(URL) or os.environ.get(COMMAND):
        with running_node() as url:
            await _opensearch(url, scan)


async def _sqlite(path: Path) -> float:
    """Measure SQLite; return the seconds that a plain scan takes."""
    pictures = synthetic(COUNT + ROUNDS * len(_kinds(random.Random())))
    async with open_index(path) as index:
        await _fill(index, pictures, "sqlite")
    began = time.perf_counter()
    async with open_index(path) as index:
        print(f"search    sqlite      start                   {time.perf_counter() - began:8.1f} s")
        scan = min(_scan(path) for _ in range(SCANS))
        print(f"search    sqlite      plain scan              {scan * 1000:8.0f} ms")
        await _measure(index, pictures, "sqlite", scan)
    return scan


async def _opensearch(url: str, scan: float) -> None:
    from onlooker_tagger.opensearch import connect  # noqa: PLC0415 - an extra
    from onlooker_tagger.opensearch import open_index as open_opensearch  # noqa: PLC0415
    from onlooker_tagger.opensearch.schema import Names  # noqa: PLC0415

    alias = f"bench_{uuid.uuid4().hex[:12]}"
    pictures = synthetic(COUNT + ROUNDS * len(_kinds(random.Random())))
    async with open_opensearch(connect(url), alias=alias) as (index, _):
        await _fill(index, pictures, "opensearch")
        await asyncio.sleep(2)  # longer than OpenSearch takes to show what was written
        await _measure(index, pictures, "opensearch", scan)
        client, names = index._cluster.client, Names(alias)
        await client.indices.delete(index=f"{names.pattern},{names.notes}", params={"ignore_unavailable": "true"})
        for template in (names.pattern, names.notes):
            await client.indices.delete_index_template(name=template, params={"ignore": 404})


async def _fill(index: Index, pictures: Iterator[Document], name: str) -> None:
    began, making = time.perf_counter(), 0.0
    for done in range(0, COUNT, AT_ONCE):
        made = time.perf_counter()
        portion = list(islice(pictures, min(AT_ONCE, COUNT - done)))
        making += time.perf_counter() - made
        await asyncio.gather(*(index.put(document) for document in portion))
    rate = COUNT / (time.perf_counter() - began - making)
    print(f"search    {name:10}  indexing                {rate:8.0f} pictures/s")


def _scan(path: Path) -> float:
    """Return how long SQLite takes to look for a word in all documents, without any index."""
    began = time.perf_counter()
    with sqlite3.connect(path) as db:
        db.execute(
            "SELECT id FROM documents WHERE body LIKE '%puppy%' ORDER BY uploaded_at DESC, id DESC LIMIT 50"
        ).fetchall()
    db.close()
    return time.perf_counter() - began


async def _measure(index: Index, pictures: Iterator[Document], name: str, scan: float) -> None:
    for kind, ask in _kinds(random.Random(11)).items():
        seconds = []
        for _ in range(ROUNDS):
            await index.put(next(pictures))
            query = ask()
            began = time.perf_counter()
            await query(index)
            seconds.append(time.perf_counter() - began)
        seconds.sort()
        p50, p95 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
        print(
            f"search    {name:10}  {kind:22}  p50 {p50 * 1000:6.1f} ms   p95 {p95 * 1000:6.1f} ms   "
            f"scan / p50 {scan / p50:6.0f}"
        )


def _kinds(dice: random.Random) -> dict[str, Callable[[], Query]]:
    """Return what makes a query of each kind; no two are alike."""
    pictured = [document for document in islice(synthetic(COUNT), 1000) if document.labels]

    def label() -> str:
        return dice.choice(dice.choice(pictured).labels).name

    def found(**asked: object) -> Query:
        return lambda index: index.search(ImageQuery.model_validate(asked), ALL)

    def counted(within: Within = ALL, **asked: object) -> Query:
        return lambda index: index.statistics(StatisticsQuery.model_validate(asked), within)

    def suggested(within: Within = ALL) -> Query:
        typed = label()[: dice.choice((1, 2, 3, 4))]
        return lambda index: index.suggest(SuggestionQuery(q=typed), within)

    return {
        "newest": lambda: found(limit=50),
        "label": lambda: found(label=[label()]),
        "two labels, face": lambda: found(label=[label(), label()], emotion="HAPPY", min_age=20, sort="oldest"),
        "word": lambda: found(q=label()),
        "words": lambda: found(q=f"{label()} {label()}"),
        "beginning": lambda: found(q=label()[: dice.choice((1, 2, 3))]),
        "file name": lambda: found(q="img", sort="newest"),
        "similar": lambda: found(similar_to=dice.choice(pictured).image_id),
        "statistics, all": lambda: counted(interval=dice.choice(("hour", "day", "month"))),
        "statistics, label": lambda: counted(label=[label()]),
        "statistics, most": lambda: counted(max_faces=dice.choice((1, 2, 4)), **{"from": "2026-02-01"}),
        "statistics, words": lambda: counted(q=label()),
        "statistics, bound": lambda: counted(BOUND),
        "suggestions": suggested,
        "suggestions, bound": lambda: suggested(BOUND),
    }
