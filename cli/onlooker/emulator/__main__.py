"""`python -m onlooker.emulator`: puts the emulator together and runs it."""

import argparse
import contextlib
import logging
import os
import sys
from importlib import import_module
from pathlib import Path

from onlooker.datalock import EX_BUSY, EX_CANTCREAT, DataFolderBusyError, DataFolderError, DataLock
from onlooker.emulator.adjustments import (
    deliver_events_on_the_loop,
    keep_expired_items,
    receive_without_a_full_scan,
)
from onlooker.emulator.app import EmulatorApp
from onlooker.emulator.asgi import App
from onlooker.emulator.environment import emulator_environment
from onlooker.emulator.inprocess import Tables
from onlooker.emulator.objects import remove_leftovers, watch_writes
from onlooker.emulator.server import LOOPBACK, Server, bind_loopback

EX_UNAVAILABLE = 69  # sysexits.h: the port is not to be had
EX_IOERR = 74  # sysexits.h: the disk or the journal; the reason is on standard error

JOURNAL_NAME = "dynamodb.journal"
KEEP_FREE_BYTES = 64 << 20  # room for what is written beside the data folder, and for the user to tidy up


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="onlooker.emulator", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where all data is kept")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 (default): any free one")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input closes")
    parser.add_argument(
        "--keep-free",
        type=int,
        default=KEEP_FREE_BYTES,
        metavar="BYTES",
        help="refuse writes that would leave less on the disk (default: %(default)s)",
    )
    return parser.parse_args(arguments)


def main() -> int:
    """Run until SIGTERM, SIGINT or, if so asked, the end of standard input. Returns the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("onlooker").setLevel(logging.INFO)
    options = parse_arguments()
    data: Path = options.data.resolve()
    try:
        with DataLock(data):
            return _serve(data, options)
    except DataFolderBusyError as error:
        print(error, file=sys.stderr)
        return EX_BUSY
    except DataFolderError as error:
        print(error, file=sys.stderr)
        return EX_CANTCREAT


def _serve(data: Path, options: argparse.Namespace) -> int:
    try:
        listener = bind_loopback(options.port)
    except OSError as error:
        reason = f"Port {options.port} on {LOOPBACK} cannot be used: {error.strerror}."
        print(f"{reason} Stop what listens there, or choose another port.", file=sys.stderr)
        return EX_UNAVAILABLE
    port: int = listener.getsockname()[1]
    objects = data / "s3"
    server = Server(f"Emulator ready: http://{LOOPBACK}:{port}", exit_with_stdin=options.exit_with_parent)
    ministack, tables = _ministack(objects, port)
    app = EmulatorApp(ministack, tables, data, data / JOURNAL_NAME, options.keep_free, server.fail)
    server.serve_on(app, listener)
    if server.failure is not None:
        with contextlib.suppress(OSError):  # standard error may be a file on the very disk that is full
            print(f"The emulator stopped: {server.failure}", file=sys.stderr)
        return EX_IOERR
    return 0


def _ministack(objects: Path, port: int) -> tuple[App, Tables]:
    environment = emulator_environment(os.environ, objects, port)
    os.environ.clear()
    os.environ.update(environment)
    remove_leftovers(objects)
    app: App = import_module("ministack.app").app  # reads the environment while it is imported
    s3 = import_module("ministack.services.s3")
    deliver_events_on_the_loop(s3)
    watch_writes(s3)
    receive_without_a_full_scan(import_module("ministack.services.sqs"))
    dynamodb = import_module("ministack.services.dynamodb")
    keep_expired_items(dynamodb)
    return app, Tables(dynamodb, import_module("ministack.core.responses"))


if __name__ == "__main__":
    sys.exit(main())
