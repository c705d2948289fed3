"""Speaks to MiniStack's DynamoDB from within the process: how the journal is replayed and a snapshot is taken."""

import json
from dataclasses import dataclass
from typing import Any

from onlooker.emulator.asgi import Answer, App, Scope, ask
from onlooker.emulator.operations import TARGET_PREFIX


class RefusedError(Exception):
    """MiniStack did not accept a request of our own."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose tables are meant."""

    number: str  # twelve digits; MiniStack takes an access key's id of this form for the account's number
    region: str


async def ask_dynamodb(app: App, account: Account, operation: str, body: bytes) -> bytes:
    """Return the body of DynamoDB's answer to one operation. Raises RefusedError if it was not successful."""
    answer: Answer = await ask(app, _scope(account, operation, body), body)
    if answer.status != 200:  # noqa: PLR2004 - HTTP's own word for it
        raise RefusedError(f"{operation}: {answer.body.decode(errors='replace')}")
    return answer.body


async def query_dynamodb(app: App, account: Account, operation: str, **parameters: Any) -> dict[str, Any]:
    """As `ask_dynamodb`, with DynamoDB's JSON as Python objects."""
    answer: dict[str, Any] = json.loads(await ask_dynamodb(app, account, operation, json.dumps(parameters).encode()))
    return answer


def _scope(account: Account, operation: str, body: bytes) -> Scope:
    credential = f"{account.number}/20000101/{account.region}/dynamodb/aws4_request"
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [
            (b"host", b"127.0.0.1"),
            (b"content-type", b"application/x-amz-json-1.0"),
            (b"content-length", str(len(body)).encode()),
            (b"x-amz-target", f"{TARGET_PREFIX}{operation}".encode()),
            (b"authorization", f"AWS4-HMAC-SHA256 Credential={credential}".encode()),
        ],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
