"""Nothing about this machine is kept for, or told to, the makers of a library."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import onlooker_rekognition.vision
import onnxruntime
print(onnxruntime.get_available_providers())
"""


def test_onnxruntime_is_kept_from_reporting(tmp_path: Path) -> None:
    """Where it reports, it opens a database of what it is going to send in the home folder's cache."""
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**environment, **home}, capture_output=True, text=True, check=True
    )
    assert "CPUExecutionProvider" in done.stdout
    assert done.stderr == ""
    assert [path.name for path in tmp_path.rglob("*")] == []
