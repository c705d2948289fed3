"""The little of ASGI that the emulator's layers share: types, a whole request in, a whole answer out."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


class ClientGoneError(Exception):
    """The client closed the connection in the middle of its request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response."""

    status: int
    headers: Headers
    body: bytes


def header(scope: Scope, name: bytes) -> bytes:
    """Return a request header's value (`name` in lower case), empty if it is not there."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


async def read_body(receive: Receive) -> bytes:
    """Return the whole body of a request. Raises ClientGoneError if it never came."""
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def ask(app: App, scope: Scope, body: bytes) -> Answer:
    """Return `app`'s answer to one request, without a network."""
    sent: list[Message] = []
    requests = iter(({"type": "http.request", "body": body, "more_body": False},))

    async def receive() -> Message:
        return next(requests, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return Answer(
        sent[0]["status"], list(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])
    )


async def ask_unless_gone(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Let `app` answer one request, but no longer than its client waits. Raises ClientGoneError if it never came."""
    requests: list[Message] = [{"type": "http.request", "body": await read_body(receive), "more_body": False}]
    hung_up = asyncio.ensure_future(receive())

    async def receive_again() -> Message:
        return requests.pop() if requests else await asyncio.shield(hung_up)

    answering = asyncio.ensure_future(app(scope, receive_again, send))
    try:
        await asyncio.wait((answering, hung_up), return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            answering.result()
    finally:
        answering.cancel()
        hung_up.cancel()


async def refuse(scope: Scope, receive: Receive, send: Send, answer: Answer) -> None:
    """Send a whole answer to a request that was not read, and leave the connection in order.

    A client that waits for "100 Continue" keeps its body to itself, so the connection ends here: the server would take
    the next request for that body. Any other has its body read to the end, or it would miss the answer.
    """
    if header(scope, b"expect"):
        answer = replace(answer, headers=[*answer.headers, (b"connection", b"close")])
    else:
        while (await receive()).get("more_body", False):
            pass
    await reply(send, answer)


async def reply(send: Send, answer: Answer) -> None:
    """Send a whole answer."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
