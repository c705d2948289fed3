"""How soon `onlooker up` is ready on a machine that has run it before, against an interpreter that only imports it."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stack import running_stack


async def main() -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        with running_stack(data):
            pass
        began = time.monotonic()
        with running_stack(data):
            ready = time.monotonic() - began
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import onlooker.__main__"], check=True)
    imported = time.monotonic() - began
    print(f"start     onlooker up, warm   {ready:6.1f} s   (at most 8)")
    print(f"start     import alone        {imported:6.1f} s")
    print(f"start     ratio               {ready / imported:6.1f}")
