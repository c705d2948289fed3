"""Makes a password that nobody has to think of: ``python -m onlooker.secret PATH``.

For containers of others, which read it from a file in a volume that only they have (Grafana, PostgreSQL). It is made
once: a file that is there is left as it is.
"""

import argparse
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

BYTES = 24
"""Of chance: 32 letters and digits."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make what is missing, and say where it is; never what it is."""
    parser = argparse.ArgumentParser(prog="python -m onlooker.secret", description="Make a password, once.")
    parser.add_argument("path", type=Path, help="where it is kept, to be read by everybody who has the volume")
    parser.add_argument("--pgpass", type=Path, help="where libpq finds it too: a file that only its owner may read")
    options = parser.parse_args(arguments)
    password = kept(options.path)
    print(f"The password is in {options.path}.")
    if options.pgpass is not None:
        write(options.pgpass, f"*:*:*:*:{password}\n", mode=0o600)


def kept(path: Path) -> str:
    """Return the password in a file, which is made with a new one if there is none."""
    if not path.exists():
        write(path, secrets.token_urlsafe(BYTES), mode=0o444)
    return path.read_text()


def write(path: Path, text: str, *, mode: int) -> None:
    """Write a file whole or not at all, to be read by whom its mode says."""
    path.parent.chmod(0o755)  # those who read it run as other users
    draft = path.with_name(f".{path.name}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


if __name__ == "__main__":
    main()
