"""Makes S3's objects last: what a write put on disk is synced before its answer leaves, or the answer is an error.

MiniStack keeps an object's bytes in a file and its metadata in another beside it, and answers 200 even if it could not
write them: the object would be in memory only, gone at the next start. So the functions by which it writes are replaced
by ones that take note of the paths, and of a failure; the request it happened in then answers for them. They also let
the two files take their places together, so that a full disk or a kill leaves the old object or the new one.
"""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onlooker.emulator.answers import s3_error
from onlooker.emulator.asgi import App, Message, Receive, Scope, Send, header, refuse, reply
from onlooker.emulator.disk import sync_path

_METADATA = ".meta.json"
_STAGED = ".staged.tmp"  # MiniStack passes over names that end in .tmp when it loads what is there
_LEFTOVERS = "*.tmp"


@dataclass(slots=True)
class _Written:
    """What one request has written: files in place, files that wait for their metadata, the first failure."""

    paths: list[Path] = field(default_factory=list)
    staged: set[Path] = field(default_factory=set)
    failure: str | None = None

    def stage(self, write: Callable[..., None], path: Path, data: bytes | str, *, text: bool) -> None:
        write(f"{path}{_STAGED}", data, text=text)
        self.staged.add(path)
        if text:  # the metadata come last: now both are whole
            self._place(Path(str(path).removesuffix(_METADATA)))
            self._place(path)

    def _place(self, path: Path) -> None:
        if path in self.staged:
            Path(f"{path}{_STAGED}").replace(path)
            self.staged.remove(path)
            self.paths.append(path)


_written: ContextVar[_Written | None] = ContextVar("written", default=None)


def watch_writes(s3: Any) -> None:
    """Replace the functions by which MiniStack's module `s3` writes an object, and every file."""
    persist, write = s3._persist_object, s3._atomic_write
    versions = s3._VERSIONS_DIR

    def noted(path: str, data: bytes | str, *, text: bool = False) -> None:
        written = _written.get()
        if written is None:
            write(path, data, text=text)
            return
        try:
            if versions in Path(path).parts:  # an older version's bytes, which have no metadata beside them
                write(path, data, text=text)
                written.paths.append(Path(path))
            else:
                written.stage(write, Path(path), data, text=text)
        except OSError as error:
            written.failure = f"an S3 object could not be written: {error}"
            raise

    def checked(bucket: str, key: str, record: dict[str, Any]) -> None:
        persist(bucket, key, record)
        written = _written.get()
        if written is not None and record.get("body") is not None:  # it lets go of the bytes once they are on disk
            written.failure = written.failure or "an S3 object could not be written; the log says why"

    s3._persist_object, s3._atomic_write = checked, noted


def remove_leftovers(folder: Path) -> None:
    """Remove what a kill left half-written under `folder`."""
    for path in folder.rglob(_LEFTOVERS):
        path.unlink()


class DurableObjects:
    """Answers all that is not DynamoDB's with `app`; a write of objects first has its room, then lasts.

    `lacks_room` and `fail` are as in `JournalledDynamoDB`: after a failed write, MiniStack's memory holds an object
    that the disk does not, so the process has to end and start from the disk again.
    """

    def __init__(
        self, app: App, folder: Path, lacks_room: Callable[[int], str | None], fail: Callable[[str], None]
    ) -> None:
        self._app = app
        self._folder = folder
        self._lacks_room = lacks_room
        self._fail = fail

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not _may_write_objects(scope):
            await self._app(scope, receive, send)
            return
        reason = self._lacks_room(int(header(scope, b"content-length") or 0))
        if reason is not None:
            await refuse(scope, receive, send, s3_error(500, "InternalError", reason))
            return
        written = _Written()
        _written.set(written)

        async def send_when_durable(message: Message) -> None:
            if message["type"] == "http.response.start" and written.failure is None and written.paths:
                await self._sync(written)
            if written.failure is None:
                await send(message)

        await self._app(scope, receive, send_when_durable)
        if written.failure is not None:
            self._fail(written.failure)
            await reply(send, s3_error(500, "InternalError", written.failure))

    async def _sync(self, written: _Written) -> None:
        try:
            await asyncio.to_thread(self._sync_paths, written.paths)
        except OSError as error:
            written.failure = f"an S3 object could not be brought to the disk: {error}"

    def _sync_paths(self, paths: list[Path]) -> None:
        folders = {parent for path in paths for parent in path.parents if parent.is_relative_to(self._folder)}
        for path in (*dict.fromkeys(paths), *sorted(folders, reverse=True)):
            sync_path(path)


def _may_write_objects(scope: Scope) -> bool:
    # S3 writes by PUT, and by POST on an object (multipart) or a bucket (a browser's form; but a deletion of many makes
    # room). The other services' POSTs go to "/", or carry a target; the few that do neither wait for room as well.
    if scope["method"] == "POST":
        named = scope["path"] != "/" and not header(scope, b"x-amz-target")
        return named and not scope["query_string"].startswith(b"delete")
    return bool(scope["method"] == "PUT")
