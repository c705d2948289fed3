"""Makes DynamoDB's writes last: each is in the journal, on disk, before its answer leaves.

Writes are applied one after the other, so that the journal's order is the order of application, and a replay meets
every condition as the write did. The wait for the disk is outside that queue: writes that wait together share a commit.
A refused write waits as well: what it was refused for ("somebody has claimed this") must not be lost afterwards.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from onlooker.emulator.answers import dynamodb_error
from onlooker.emulator.asgi import Answer, App, Receive, Scope, Send, ask, header, read_body, refuse, reply
from onlooker.emulator.commit import Write, one_line
from onlooker.emulator.forgetting import Forgetting, deletes
from onlooker.emulator.inprocess import Account, Tables
from onlooker.emulator.journal import Journal, JournalFailedError
from onlooker.emulator.operations import TARGET_PREFIX, Kind, kind_of
from onlooker.emulator.snapshot import shorten
from onlooker.emulator.tables import TableHistory

DEFAULT = Account("000000000000", "us-east-1")  # MiniStack's, for a request that does not say
_CREDENTIAL = re.compile(rb"Credential=([^/, ]+)/\d{8}/([^/, ]+)/")
_ACCOUNT = re.compile(r"[0-9]{12}")
_TARGET = TARGET_PREFIX.encode()


def operation_of(scope: Scope) -> str | None:
    """Return the DynamoDB operation a request asks for, None if it is another service's."""
    target = header(scope, b"x-amz-target")
    return target[len(_TARGET) :].decode("latin-1") if target.startswith(_TARGET) else None


def account_of(scope: Scope) -> Account:
    """Return whose tables a request is about, from its signature's credential scope."""
    found = _CREDENTIAL.search(header(scope, b"authorization"))
    if found is None:
        return DEFAULT
    key, region = found[1].decode("latin-1"), found[2].decode("latin-1")
    return Account(key if _ACCOUNT.fullmatch(key) else DEFAULT.number, region)


class JournalledDynamoDB:
    """Answers DynamoDB's requests with `app`, journalling what they change.

    `lacks_room` returns why a write of so many bytes does not fit on the disk, None if it does. `fail` is told, once,
    why the process has to end: after a failed commit the tables in memory are ahead of the disk.
    """

    def __init__(
        self,
        app: App,
        tables: Tables,
        history: TableHistory,
        journal: Journal,
        lacks_room: Callable[[int], str | None],
        fail: Callable[[str], None],
    ) -> None:
        self._app = app
        self._tables = tables
        self._history = history
        self._journal = journal
        self._lacks_room = lacks_room
        self._fail = fail
        self._turn = asyncio.Lock()
        self._failure: str | None = None
        self._forgetting = Forgetting(self._forget)

    async def __call__(self, operation: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises ClientGoneError if it never came completely."""
        kind = kind_of(operation)
        if self._failure is not None:
            await refuse(scope, receive, send, dynamodb_error(500, "InternalServerError", self._failure))
        elif kind is Kind.READ:
            await self._app(scope, receive, send)
        elif kind is Kind.REFUSED:
            message = f"{operation} is not offered by the embedded emulator: it could not be made to last."
            await refuse(scope, receive, send, dynamodb_error(400, "UnknownOperationException", message))
        else:
            await reply(send, await self._write(operation, scope, await read_body(receive)))

    async def close(self) -> None:
        """Leave the journal as it is from now on."""
        async with self._turn:
            self._forgetting.stop()

    async def _write(self, operation: str, scope: Scope, body: bytes) -> Answer:
        reason = self._lacks_room(len(body))
        if reason is not None:
            return dynamodb_error(500, "InternalServerError", reason)
        try:
            line = one_line(body)
        except ValueError as error:
            return dynamodb_error(400, "SerializationException", str(error))
        account = account_of(scope)
        try:
            async with self._turn:
                if self._journal.is_long:
                    await self._journal.rewrite(self._shorten)
                answer = await ask(self._app, scope, body)
                durable = self._record(answer, Write(operation, account.number, account.region, line))
            await durable
        except JournalFailedError as error:
            return self._failed(str(error))
        return answer

    def _record(self, answer: Answer, write: Write) -> Awaitable[None]:
        if answer.status != 200:  # noqa: PLR2004 - HTTP's own word for it
            return self._journal.settled()
        self._history.add(write)
        if deletes(write.operation, write.body):
            self._forgetting.require()
        return self._journal.append(write)

    async def _forget(self) -> None:
        try:
            async with self._turn:
                await self._journal.rewrite(self._shorten)
        except JournalFailedError as error:
            self._failed(str(error))

    async def _shorten(self, path: Path) -> None:
        await shorten(path, self._tables, self._history, time.time())

    def _failed(self, reason: str) -> Answer:
        if self._failure is None:
            self._failure = reason
            self._fail(reason)
        return dynamodb_error(500, "InternalServerError", reason)
