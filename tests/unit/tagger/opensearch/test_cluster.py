"""What the cluster's answers to a bulk mean, item by item."""

from collections.abc import Sequence
from typing import Any

import pytest
from opensearchpy import AuthorizationException, RequestError, TransportError
from opensearchpy.exceptions import ConnectionTimeout

from onlooker_shared.errors import UnavailableError
from onlooker_tagger.index import RefusedError
from onlooker_tagger.opensearch import cluster
from onlooker_tagger.opensearch.cluster import Action, Cluster, ConflictError, IndexMissingError

WRITTEN = (201, None)
BUSY = (429, {"type": "rejected_execution_exception", "reason": "queue is full"})


class Scripted:
    """A client whose answers are told beforehand; one for each bulk."""

    def __init__(self, *answers: Exception | Sequence[tuple[int, Any]]) -> None:
        self._answers = list(answers)
        self.sent: list[int] = []

    async def bulk(self, *, body: str, params: dict[str, Any]) -> Any:
        self.sent.append(len(body.splitlines()) // 2)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {
            "errors": True,
            "items": [{"index": {"status": status} | ({"error": error} if error else {})} for status, error in answer],
        }


def actions(count: int) -> list[Action]:
    return [Action({"index": {"_id": str(n)}}, {"n": n}) for n in range(count)]


async def bulk(client: Scripted, count: int) -> list[Exception | None]:
    return await Cluster(client).bulk(actions(count))  # as much of one as a bulk needs


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "FIRST_WAIT", 0.001)


async def test_every_item_has_its_own_outcome() -> None:
    client = Scripted(
        [
            WRITTEN,
            (409, {"type": "version_conflict_engine_exception", "reason": "newer"}),
            (400, {"type": "mapper_parsing_exception", "reason": "bad [width]. Preview of field's value: 'Ann'"}),
            (404, {"type": "index_not_found_exception", "reason": "no such index"}),
            (503, {"type": "unavailable_shards_exception", "reason": "primary shard is not active"}),
            (403, {"type": "cluster_block_exception", "reason": "read-only / allow delete"}),
        ]
    )

    outcomes = await bulk(client, 6)

    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [
        type(None),
        ConflictError,
        RefusedError,
        IndexMissingError,
        UnavailableError,
        UnavailableError,
    ]
    assert str(outcomes[2]) == "OpenSearch refuses the document: mapper_parsing_exception: bad [width]"


async def test_what_is_pushed_back_is_tried_again_and_nothing_else() -> None:
    client = Scripted([WRITTEN, BUSY, BUSY], [BUSY, WRITTEN], [WRITTEN])

    assert await bulk(client, 3) == [None, None, None]
    assert client.sent == [3, 2, 1]


async def test_a_whole_bulk_that_is_pushed_back_is_tried_again() -> None:
    client = Scripted(TransportError(429, "circuit_breaking_exception", {}), [WRITTEN])

    assert await bulk(client, 1) == [None]


async def test_after_some_tries_the_messages_wait_in_the_queue() -> None:
    client = Scripted(*[[BUSY]] * cluster.TRIES)

    [outcome] = await bulk(client, 1)

    assert isinstance(outcome, UnavailableError)
    assert "queue is full" in outcome.detail
    assert len(client.sent) == cluster.TRIES


async def test_a_bulk_that_is_too_large_is_sent_in_halves() -> None:
    too_large = TransportError(413, "", {})
    client = Scripted(too_large, [WRITTEN], too_large, [WRITTEN], too_large)

    outcomes = await bulk(client, 3)

    assert client.sent == [3, 1, 2, 1, 1]
    assert outcomes[:2] == [None, None]
    assert isinstance(outcomes[2], RefusedError)


@pytest.mark.parametrize(
    "error",
    [
        TransportError(503, "", {}),
        ConnectionTimeout("TIMEOUT", "", TimeoutError()),
        AuthorizationException(403, "security_exception", {}),
    ],
)
async def test_a_cluster_that_does_not_answer_is_an_outage(error: Exception) -> None:
    with pytest.raises(UnavailableError, match="OpenSearch"):
        await bulk(Scripted(error), 1)


async def test_a_fault_of_ours_is_no_outage() -> None:
    with pytest.raises(RequestError):
        await bulk(Scripted(RequestError(400, "parsing_exception", {})), 1)
