"""`python -m onlooker.emulator`: puts the emulator together and runs it."""

import argparse
import os
import sys
from pathlib import Path

from onlooker.emulator.environment import emulator_environment
from onlooker.emulator.server import LOOPBACK, Server, bind_loopback, stop_with_parent

EX_TEMPFAIL = 75  # sysexits.h: try again later
EX_UNAVAILABLE = 69


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="onlooker.emulator", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where all data is kept")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 (default): any free one")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input closes")
    return parser.parse_args(arguments)


def main() -> int:
    """Run until SIGTERM, SIGINT or, if so asked, the end of standard input. Returns the exit code."""
    options = parse_arguments()
    data: Path = options.data.resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        listener = bind_loopback(options.port)
    except OSError as error:
        print(f"Port {options.port} on {LOOPBACK} cannot be used: {error.strerror}.", file=sys.stderr)
        return EX_UNAVAILABLE
    port: int = listener.getsockname()[1]
    environment = emulator_environment(os.environ, data / "s3", port)
    os.environ.clear()
    os.environ.update(environment)
    from ministack.app import app  # noqa: PLC0415 - it reads the environment while it is imported

    server = Server(app, on_ready=lambda: print(f"Emulator ready: http://{LOOPBACK}:{port}", flush=True))
    if options.exit_with_parent:
        stop_with_parent(server)
    server.run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
