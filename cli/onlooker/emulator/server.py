"""Serves the emulator on the loopback interface, until it is told to stop."""

import os
import socket
import sys
import threading
from collections.abc import Callable

import uvicorn
from uvicorn._types import ASGI3Application

LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 3  # for requests under way at SIGTERM; a long poll waits up to 20 s and is cut


def bind_loopback(port: int) -> socket.socket:
    """Return a socket bound to 127.0.0.1 (port 0: a free one), not yet listening. Raises OSError if it is taken."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return bound


class Server(uvicorn.Server):
    """A uvicorn server that calls `on_ready` once it answers requests."""

    def __init__(self, app: ASGI3Application, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                date_header=False,  # MiniStack sends its own
                http="httptools",
                lifespan="on",
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
                timeout_keep_alive=75,
                ws="none",
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then report it, unless the application refused to."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def stop_with_parent(server: uvicorn.Server) -> None:
    """Stop `server` when standard input closes: the launcher holds the other end, so its death is noticed at once."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        server.should_exit = True

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
