"""Requests that are done once, however often they are sent: those with a `ClientRequestToken`.

An SDK that lost an answer sends the same request again, with the same token. It gets the answer that was lost; a
request of other parameters under that token is refused. Which operations take a token, the service model says.

An answer is remembered as soon as its operation is done. A repeated request is done again in two cases: after a kill or
an outage between the two, and when it reaches another server on the same store while the first is underway. What users
can see of it is what the store says of a second such request: that the user exists, or does not any more.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from onlooker_rekognition.operations.registry import Handler
from onlooker_rekognition.protocol.errors import IdempotentParameterMismatchError
from onlooker_rekognition.protocol.model import IDEMPOTENCY_MEMBER, Operation, Parameters, Service
from onlooker_rekognition.store import AnswerLedger, Remembered

Result = Mapping[str, Any]

_log = logging.getLogger(__name__)


class OnceOnly:
    """The handler of an operation that takes a token, around the handler that does it."""

    def __init__(self, operation: Operation, handler: Handler, ledger: AnswerLedger) -> None:
        self._operation = operation
        self._handler = handler
        self._ledger = ledger
        self._underway: dict[str, tuple[bytes, asyncio.Task[Result]]] = {}

    async def __call__(self, parameters: Parameters) -> Result:
        """What was answered under the request's token, or what the operation answers now.

        Raises IdempotentParameterMismatchError when the token came with other parameters. A request that comes while
        one of the same token is underway shares its outcome. It goes on when its client hangs up: that client will
        ask again. What it raises is not remembered.
        """
        token = parameters.get(IDEMPOTENCY_MEMBER)
        if token is None:
            return await self._handler(parameters)
        digest = _digest(parameters)
        if token in self._underway:
            known, task = self._underway[token]
            _require_same(known, digest)
        else:
            task = asyncio.ensure_future(self._once(token, digest, parameters))
            self._underway[token] = digest, task
            task.add_done_callback(lambda _: self._underway.pop(token))
        return await asyncio.shield(task)

    async def _once(self, token: str, digest: bytes, parameters: Parameters) -> Result:
        remembered = await asyncio.to_thread(self._ledger.recall, self._operation.name, token)
        if remembered is not None:
            _require_same(remembered.digest, digest)
            answer: Result = json.loads(remembered.answer)
            return answer
        result = await self._handler(parameters)
        written = json.dumps(self._operation.write(result)).encode()
        try:
            await asyncio.to_thread(self._ledger.remember, self._operation.name, token, Remembered(digest, written))
        except Exception:  # noqa: BLE001 (whatever the store has: it is done, and an error would have it done once more)
            _log.exception("%s is done, and its answer can not be remembered", self._operation.name)
        return result


def once_only(service: Service, handlers: Mapping[str, Handler], ledger: AnswerLedger) -> dict[str, Handler]:
    """`handlers`, of which those of operations that take a token repeat no request."""
    return {
        name: OnceOnly(operation, handler, ledger) if (operation := service.operations[name]).takes_token else handler
        for name, handler in handlers.items()
    }


def _digest(parameters: Parameters) -> bytes:
    others = {name: value for name, value in parameters.items() if name != IDEMPOTENCY_MEMBER}
    return hashlib.sha256(json.dumps(others, sort_keys=True).encode()).digest()


def _require_same(known: bytes, digest: bytes) -> None:
    if known != digest:
        raise IdempotentParameterMismatchError(
            f"The {IDEMPOTENCY_MEMBER} was used before, with other parameters. Use a new one for each request."
        )
