"""The benchmarks: ``python tests/bench [--photos FOLDER] [NAME ...]``.

Each prints ratios against a baseline measured in the same run. None of them is a test: figures of a machine that does
other work too are for people to read.
"""

import argparse
import asyncio
import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMES = ("ingest", "pipeline", "backlog", "start", "console", "people", "identify", "relabel", "alerts", "told")
OF_PHOTOS = frozenset({"people", "identify"})
"""Those that take a folder of photos."""


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--photos", type=Path, default=ROOT / ".cache" / "pictures", help="for `people` and `identify`: %(default)s"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} and others; default: these")
    arguments = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    for name in arguments.names or NAMES:
        benchmark = importlib.import_module(name).main
        asyncio.run(benchmark(arguments.photos) if name in OF_PHOTOS else benchmark())


if __name__ == "__main__":
    main()
