"""The benchmarks: ``python tests/bench [NAME ...]``. Each prints ratios against a baseline measured in the same run.

None of them is a test: figures of a machine that does other work too are for people to read.
"""

import asyncio
import importlib
import sys
from pathlib import Path

NAMES = ("ingest", "pipeline", "backlog", "start", "console")


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    for name in sys.argv[1:] or NAMES:
        asyncio.run(importlib.import_module(name).main())


if __name__ == "__main__":
    main()
