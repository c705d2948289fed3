"""Whether the keeper keeps: `python -m onlooker.keeper.ready DIR` ends with 0 if its last pass went well.

A health check runs it every few seconds, so it imports next to nothing.
"""

import sys
from pathlib import Path

NAME = "ready"


class Ready:
    """A file that is there while passes go well.

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
        """Whether the last pass went well."""
        return self._path.exists()


def main() -> None:
    """End with 0 if it is ready, with 1 and a line if not."""
    if not Ready(Path(sys.argv[1])).is_told:
        sys.exit("The keeper has made no pass yet, or the last one failed; its log says why.")


if __name__ == "__main__":
    main()
