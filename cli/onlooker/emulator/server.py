"""Serves the emulator on the loopback interface, until it is told to stop."""

import contextlib
import os
import signal
import socket
import sys
import threading

import uvicorn

from onlooker.emulator.asgi import App

LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 3  # for requests under way at SIGTERM; a long poll waits up to 20 s and is cut
KEEP_ALIVE_SECONDS = 75  # longer than botocore's clients keep an idle connection


def bind_loopback(port: int) -> socket.socket:
    """Return a socket bound to 127.0.0.1 (port 0: a free one), not yet listening. Raises OSError if it is taken."""
    # asyncio sets TCP_NODELAY only on what names its protocol; without it, answers in two parts take 40 ms more.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return bound


class Server:
    """Runs an application. Prints `ready` once it answers; ends by a signal, a failure or, if so asked, with stdin."""

    def __init__(self, ready: str, *, exit_with_stdin: bool) -> None:
        self._ready = ready
        self._exit_with_stdin = exit_with_stdin
        self._server: _UvicornServer | None = None
        self.failure: str | None = None

    def serve_on(self, app: App, listener: socket.socket) -> None:
        """Serve until the end. Afterwards `failure` says why, if it was one."""
        config = uvicorn.Config(
            app,
            access_log=False,
            date_header=False,  # MiniStack sends its own
            http="httptools",
            lifespan="on",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            ws="wsproto",  # for subscribers of IoT; hypercorn, which MiniStack needs, brings it
        )
        self._server = _UvicornServer(config, self._ready)
        if self._exit_with_stdin:
            threading.Thread(target=self._watch_stdin, name="stdin-watch", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            # uvicorn raises the signal that stopped it once more, when there is nothing left to stop.
            signal.signal(number, lambda *_: None)
        with contextlib.suppress(SystemExit):  # uvicorn's own, if the application did not start
            self._server.run(sockets=[listener])
        if not self._server.started and self.failure is None:
            self.failure = "it could not start; the reason is above"

    def fail(self, reason: str) -> None:
        """Stop because of `reason`; the first one counts."""
        self.failure = self.failure or reason
        self._stop()

    def _watch_stdin(self) -> None:
        # The launcher holds the other end: however it dies, this read ends.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        self._stop()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True


class _UvicornServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self._ready, flush=True)
