"""Runs the package managers, and says in plain words why one failed."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from onlooker_rekognition.weights.tensors import WeightsError

_TIMEOUT_SECONDS = 600


def run(manager: str, command: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None) -> None:
    """Runs `command` in `folder`. Raises WeightsError, with what it wrote, if it does not succeed."""
    try:
        done = subprocess.run(  # noqa: S603 (a fixed command, no shell)
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WeightsError(f"{manager} could not fetch the weights: {error}") from error
    if done.returncode != 0:
        raise WeightsError(
            f"{manager} could not fetch the weights (exit status {done.returncode}). "
            f"Can this machine reach its package index?\n{done.stderr}"
        )
