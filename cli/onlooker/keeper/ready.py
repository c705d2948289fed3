"""Whether the keeper keeps: `python -m onlooker.keeper.ready DIR` ends with 0 if its last pass went well, not long ago.

A health check runs it every few seconds, so it imports next to nothing.
"""

import sys
import time
from pathlib import Path

NAME = "ready"
LASTING = 300.0
"""Seconds after which a pass tells nothing of the present: the next should have begun within one minute, and takes
seconds unless the emulator hangs."""


class Ready:
    """A file that is there while passes go well; its time is that of the last one.

    Args:
        folder: of the copy.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def tell(self, well: bool) -> None:
        """Tell how the last pass went."""
        if well:
            self._path.touch()
        else:
            self._path.unlink(missing_ok=True)

    @property
    def is_told(self) -> bool:
        """Whether the last pass went well, at most `LASTING` seconds ago."""
        try:
            told = self._path.stat().st_mtime
        except FileNotFoundError:
            return False
        return abs(time.time() - told) <= LASTING  # a time to come is of a clock that was put back since


def main() -> None:
    """End with 0 if it is ready, with 1 and a line if not."""
    if not Ready(Path(sys.argv[1])).is_told:
        sys.exit(f"The keeper has made no good pass in the last {LASTING:.0f} s; its log says why.")


if __name__ == "__main__":
    main()
