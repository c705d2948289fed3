"""Runs a module as a container's program, and ends when told to even before that listens: `start.py MODULE [ARG...]`.

The kernel keeps a signal from process 1 until there is a handler for it. Without this one, a container that is stopped
while it starts would take no notice, and be killed once its grace is over.
"""

import os
import runpy
import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # nothing has begun that would have to be finished
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
