"""The process's outside: its socket, and the two ways to be told to stop."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MAX_HEADER_BYTES = 1024 * 1024


class AddressError(Exception):
    """The address is not to be had; the text says why and what to do."""


class Server(uvicorn.Server):
    """Serves on a socket that is bound already, calls `on_ready` when it does, ends with its parent if asked to.

    SIGTERM and SIGINT drain: no new connections, running requests finish within `drain_seconds`.
    """

    def __init__(
        self,
        app: Starlette,
        listening: socket.socket,
        *,
        on_ready: Callable[[], None],
        drain_seconds: int,
        exit_with_parent: bool,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                http=Connection,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=drain_seconds,
                timeout_keep_alive=75,  # longer than clients keep an idle connection, so that they close it
            )
        )
        self._listening = listening
        self._on_ready = on_ready
        self._exit_with_parent = exit_with_parent

    async def run_until_stopped(self) -> None:
        """Serve until a signal, or the parent's end, says stop."""
        if self._exit_with_parent:
            threading.Thread(target=_await_end_of_stdin, args=(self,), name="lifeline", daemon=True).start()
        await self.serve(sockets=[self._listening])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal, but return instead of dying of it: files and clients are to be closed."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)


class Connection(HttpToolsProtocol):
    """uvicorn's connection, but for its headers, which are collected in memory: here they are bounded."""

    _collected: int | None = None  # bytes since a request began whose headers have not ended yet

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._collected = 0

    def on_headers_complete(self) -> None:
        """Its headers are there, and its body begins, which has bounds of its own."""
        self._collected = None
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take what came; hang up when it is too much."""
        super().data_received(data)
        if self._collected is not None:
            self._collected += len(data)
            if self._collected > _MAX_HEADER_BYTES and not self.transport.is_closing():
                self.logger.warning("A request was refused: its headers are larger than %d bytes.", _MAX_HEADER_BYTES)
                self.send_400_response("The request's headers are too large.")


def bind(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises AddressError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named, and an answer would wait 40 ms for it
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        taken = error.errno == errno.EADDRINUSE
        remedy = "Stop what listens there, or choose another port" if taken else "Choose another --host or --port"
        raise AddressError(f"{host}:{port} cannot be listened on: {error.strerror}. {remedy}.") from error
    return bound


def url_of(listening: socket.socket) -> str:
    """Where clients find the server."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _await_end_of_stdin(server: uvicorn.Server) -> None:
    """Stop the server once standard input ends. A killed parent can not say good-bye; its end of a pipe closes."""
    stdin = sys.stdin.fileno()
    while os.read(stdin, 4096):  # not sys.stdin.read: its lock would be held when the interpreter ends
        pass
    server.should_exit = True
