"""The local Rekognition server's benchmarks: ``python tests/bench/rekognition [--photos FOLDER] [NAME ...]``.

None of them is a test: figures of a machine that does other work too are for people to read. Ratios carry over to
other machines, rates do not.
"""

import argparse
import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
NAMES = ("footprint", "throughput", "dlib_beside", "accuracy", "search", "postgres_search")


def main() -> None:
    """Run the benchmarks named on the command line, or all: each module's `main` takes the folder of pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, default=ROOT / ".cache" / "pictures", help="default: %(default)s")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; default: all")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(NAMES)):
        parser.error(f"there is no {', '.join(unknown)}")
    sys.path.insert(0, str(ROOT / "tests"))
    for name in arguments.names or NAMES:
        importlib.import_module(name).main(arguments.photos)


if __name__ == "__main__":
    main()
