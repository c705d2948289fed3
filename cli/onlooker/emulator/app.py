"""The emulator's ASGI application: MiniStack behind the layers that make it safe to keep data in."""

import time
from collections.abc import Callable
from pathlib import Path

from onlooker.emulator.answers import s3_error
from onlooker.emulator.asgi import (
    App,
    ClientGoneError,
    Message,
    Receive,
    Scope,
    Send,
    ask_unless_gone,
    header,
    refuse,
)
from onlooker.emulator.disk import free_bytes
from onlooker.emulator.dynamodb import JournalledDynamoDB, operation_of
from onlooker.emulator.guard import refusal
from onlooker.emulator.inprocess import Tables
from onlooker.emulator.journal import Journal, JournalDamagedError
from onlooker.emulator.objects import DurableObjects
from onlooker.emulator.replay import restore

_MEBIBYTE = 1 << 20
# It may wait 20 s for a message. Once its client is gone nobody is there to take one: it would be hidden for nothing,
# and a stop of this process would wait for it.
_RECEIVE = b"AmazonSQS.ReceiveMessage"


class EmulatorApp:
    """Routes requests to the layers. DynamoDB is answered only after the journal has been replayed, at start-up."""

    def __init__(
        self,
        ministack: App,
        tables: Tables,
        data: Path,
        journal: Path,
        keep_free: int,
        fail: Callable[[str], None],
    ) -> None:
        self._ministack = ministack
        self._tables = tables
        self._data = data
        self._path = journal
        self._keep_free = keep_free
        self._fail = fail
        self._objects = DurableObjects(ministack, data, self._lacks_room, fail)
        self._journal: Journal | None = None
        self._dynamodb: JournalledDynamoDB | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection of the server's."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._talk(scope, receive, send)
            return
        reason = refusal(scope["method"], scope["path"], scope["query_string"], dict(scope["headers"]))
        if reason is not None:
            await refuse(scope, receive, send, s3_error(403, "AccessDenied", reason))
            return
        operation = operation_of(scope)
        try:
            if operation is not None and self._dynamodb is not None:
                await self._dynamodb(operation, scope, receive, send)
            elif header(scope, b"x-amz-target") == _RECEIVE:
                await ask_unless_gone(self._ministack, scope, receive, send)
            else:
                await self._objects(scope, receive, send)
        except ClientGoneError:
            return

    async def _talk(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let subscribers of IoT in; what else MiniStack offers over a WebSocket is not among its services here."""
        if refusal("GET", scope["path"], scope["query_string"], dict(scope["headers"])) is None:
            # MiniStack reads the header, of which the server made them.
            asked = ", ".join(scope["subprotocols"]).encode()
            headers = [*scope["headers"], (b"sec-websocket-protocol", asked)]
            await self._ministack({**scope, "headers": headers}, receive, send)
        else:
            await receive()  # its wish to connect
            await send({"type": "websocket.close"})  # not accepted yet, which makes it a 403

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_when_restored(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                try:
                    history = await restore(self._path, self._tables, time.time())
                    self._journal = Journal(self._path)
                except (JournalDamagedError, OSError) as error:
                    self._fail(str(error))
                    await send({"type": "lifespan.startup.failed", "message": ""})
                    return
                self._dynamodb = JournalledDynamoDB(
                    self._ministack, self._tables, history, self._journal, self._lacks_room, self._fail
                )
            elif message["type"] == "lifespan.shutdown.complete" and self._journal is not None:
                if self._dynamodb is not None:
                    await self._dynamodb.close()
                await self._journal.close()
            await send(message)

        await self._ministack(scope, receive, send_when_restored)

    def _lacks_room(self, size: int) -> str | None:
        free = free_bytes(self._data)
        if free - size >= self._keep_free:
            return None
        return (
            f"The disk under {self._data} is full: {free // _MEBIBYTE} MiB are free, of which "
            f"{self._keep_free // _MEBIBYTE} MiB are kept back. Nothing was written; make room, then try again."
        )
