"""A real OpenSearch node for tests, started by whoever runs them or by a command that they name.

ONLOOKER_TEST_OPENSEARCH_URL        a node that runs already; tests make and delete indices of their own in it
ONLOOKER_TEST_OPENSEARCH_COMMAND    a command that takes `up PORT` (starts a node and prints its URL) and `down PORT`
"""

import os
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

URL, COMMAND = "ONLOOKER_TEST_OPENSEARCH_URL", "ONLOOKER_TEST_OPENSEARCH_COMMAND"
STARTED_WITHIN = 300
"""Seconds, of which most are the first download."""


@contextmanager
def running_node() -> Iterator[str]:
    """Give the URL of a node; skip the test where there is none."""
    if url := os.environ.get(URL):
        yield url
    elif command := os.environ.get(COMMAND):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        up = subprocess.run(
            [*shlex.split(command), "up", port], stdout=subprocess.PIPE, text=True, check=True, timeout=STARTED_WITHIN
        )
        try:
            yield up.stdout.split()[-1]
        finally:
            subprocess.run([*shlex.split(command), "down", port], check=True, timeout=STARTED_WITHIN)
    else:
        pytest.skip(f"needs an OpenSearch node: set {URL} or {COMMAND}")
