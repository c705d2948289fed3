"""Asks the program of this container whether it is ready, and ends with 0 if it is: `ready.py PORT [PATH]`.

PORT is a number or the variable that has it. Nothing is imported but what a socket needs: all containers ask every few
seconds, and one that had to load an HTTP client would take ten times as long.
"""

import os
import socket
import sys

SECONDS = 4


def main(port: str, path: str = "/readyz") -> int:
    """Return 0 for an answer of 200, and print the answer, which `docker inspect` shows."""
    number = int(port if port.isdigit() else os.environ[port])
    with socket.create_connection(("127.0.0.1", number), timeout=SECONDS) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode(errors="replace")
    head, _, body = answer.partition("\r\n\r\n")
    print(body)
    return 0 if head.split(" ", 2)[1] == "200" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
