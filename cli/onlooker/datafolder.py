"""Where everything of one installation on this machine is kept.

emulator/        S3's objects, DynamoDB's journal
rekognition/     face collections
index.sqlite3    the tagger's index
logs/            of all services, and of the two child processes
admin.key        the first access key, readable by its owner alone
channels.key     what the secrets of alerts' channels are sealed with, once there is one
running.json     while it runs: where it answers
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from onlooker_shared.errors import ConfigurationError

VARIABLE = "ONLOOKER_DATA"


@dataclass(frozen=True, slots=True)
class Running:
    """A running installation: what its clients have to know."""

    pid: int
    url: str
    emulator_url: str
    rekognition_url: str


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The paths in one data folder."""

    root: Path

    @classmethod
    def chosen(cls, option: Path | None) -> "DataFolder":
        """Return the folder given by option or by ``ONLOOKER_DATA``, else the one for this user (XDG)."""
        if option is not None:
            return cls(option.expanduser().absolute())
        if named := os.environ.get(VARIABLE):
            return cls(Path(named).expanduser().absolute())
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        return cls(Path(base) / "onlooker")

    @property
    def emulator(self) -> Path:
        """The emulator's own folder."""
        return self.root / "emulator"

    @property
    def rekognition(self) -> Path:
        """The Rekognition server's own folder."""
        return self.root / "rekognition"

    @property
    def index(self) -> Path:
        """The tagger's database."""
        return self.root / "index.sqlite3"

    @property
    def admin_key(self) -> Path:
        """The file with the first access key."""
        return self.root / "admin.key"

    def log(self, name: str) -> Path:
        """Return the log of one of its processes."""
        return self.root / "logs" / f"{name}.log"

    def logs(self) -> list[Path]:
        """Return every log that there is; of one that was begun anew the one before, too."""
        return sorted((self.root / "logs").glob("*.log*"))

    def announce(self, running: Running) -> None:
        """Tell this machine's clients where the installation answers."""
        draft = self._running.with_suffix(".new")
        draft.write_text(json.dumps(asdict(running)))
        draft.replace(self._running)

    def withdraw(self) -> None:
        """Take the announcement back."""
        self._running.unlink(missing_ok=True)

    def running(self) -> Running | None:
        """Return what was announced; None if nothing is, or its process is gone.

        Raises:
            ConfigurationError: the folder is somebody else's.
        """
        try:
            found = Running(**json.loads(self._running.read_text()))
        except PermissionError as error:
            raise ConfigurationError(f"{self._running} cannot be read: {error.strerror}.") from error
        except (OSError, ValueError, TypeError):
            return None  # not there, or not of this version
        return found if _lives(found.pid) else None

    @property
    def _running(self) -> Path:
        return self.root / "running.json"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it lives, as somebody else's
    return True
