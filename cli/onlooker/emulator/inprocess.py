"""Speaks to MiniStack's DynamoDB from within the process: how the journal is replayed and a snapshot is taken.

It calls the service's handler, past routing and HTTP: that takes half the time, and a replay is nothing but such calls.
"""

import json
from dataclasses import dataclass
from typing import Any

from onlooker.emulator.operations import TARGET_PREFIX


class RefusedError(Exception):
    """MiniStack did not accept a request of our own."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose tables are meant."""

    number: str  # twelve digits; MiniStack takes an access key's id of this form for the account's number
    region: str


class Tables:
    """DynamoDB, without a network. `dynamodb` and `responses` are MiniStack's modules of these names."""

    def __init__(self, dynamodb: Any, responses: Any) -> None:
        self._dynamodb = dynamodb
        self._responses = responses

    async def execute(self, account: Account, operation: str, body: bytes) -> bytes:
        """Return the body of the answer to one operation. Raises RefusedError if it was not successful."""
        self._responses.set_request_account_id(account.number)
        self._responses.set_request_region(account.region)
        headers = {"x-amz-target": f"{TARGET_PREFIX}{operation}"}
        status, _, answer = await self._dynamodb.handle_request("POST", "/", headers, body, {})
        text: bytes = answer if isinstance(answer, bytes) else answer.encode()
        if status != 200:  # noqa: PLR2004 - HTTP's own word for it
            raise RefusedError(f"{operation}: {text.decode(errors='replace')}")
        return text

    async def ask(self, account: Account, operation: str, **parameters: Any) -> dict[str, Any]:
        """As `execute`, with DynamoDB's JSON as Python objects."""
        answer = await self.execute(account, operation, json.dumps(parameters).encode())
        return dict(json.loads(answer))
