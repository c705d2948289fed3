"""`python -m onlooker_rekognition.weights`: makes sure that the models are there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from onlooker_rekognition.weights.lock import default_cache, read_lock


def main() -> int:
    """Prints the folder of the models; the exit status is 1, with the reason, if there is none."""
    parser = argparse.ArgumentParser(prog="python -m onlooker_rekognition.weights", description=__doc__)
    parser.add_argument("--cache", type=Path, default=default_cache(), help="default: %(default)s")
    parser.add_argument("--rebuild", action="store_true", help="even if they are there, say after a damage")
    parser.add_argument("--relock", action="store_true", help="write models.lock.json anew (maintainers)")
    arguments = parser.parse_args()
    lock = read_lock()
    if lock.is_complete(arguments.cache) and not (arguments.rebuild or arguments.relock):
        print(lock.folder(arguments.cache))
        return 0
    return _build(arguments.cache, rebuild=arguments.rebuild, relock=arguments.relock)


def _build(cache: Path, *, rebuild: bool, relock: bool) -> int:
    try:
        from onlooker_rekognition.weights import build  # noqa: PLC0415 (onnx is not needed when nothing is built)
        from onlooker_rekognition.weights.tensors import WeightsError  # noqa: PLC0415 (as above)
    except ModuleNotFoundError as error:
        print(f"{error}. Converting needs it: install this package with its extra 'weights'.", file=sys.stderr)
        return 1
    print("Fetching and converting the models; once, about a minute at most.", file=sys.stderr)
    try:
        lock = build.relock() if relock else read_lock()
        print(build.ensure(cache, lock, rebuild=rebuild))
    except WeightsError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The models could not be written: {error}. Choose another folder with --cache.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
