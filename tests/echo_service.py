"""A service that answers with what it was asked, for whoever passes requests on: `echo_service.py NAME PORT...`.

It reads bytes as they come and tidies nothing up, so what it tells is what came over the wire. `/readyz` answers 200
until `.../unready` was asked for, and `.../fail` answers 503.
"""

import asyncio
import json
import sys
from hashlib import sha256


class Echo:
    def __init__(self, name: str) -> None:
        self.name = name
        self.ready = True
        self.requests = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            first, *lines = head.split("\r\n")
            method, target, _ = first.split(" ")
            headers = [line.split(": ", 1) for line in lines if line]
            body = await _body(reader, {name.lower(): value for name, value in headers})
            path = target.partition("?")[0]
            self.requests += path != "/readyz"
            if path.endswith("/unready"):
                self.ready = False
            status = 503 if path.endswith("/fail") or (path == "/readyz" and not self.ready) else 200
            told = {
                "name": self.name,
                "method": method,
                "target": target,
                "headers": headers,
                "bytes": len(body),
                "sha256": sha256(body).hexdigest(),
                "requests": self.requests,
            }
            text = b"" if method == "HEAD" else json.dumps(told).encode()
            writer.write(f"HTTP/1.1 {status} Some\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text)
            await writer.drain()
        writer.close()


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip("\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body


async def main(name: str, *ports: str) -> None:
    echo = Echo(name)
    for port in ports:
        await asyncio.start_server(echo.answer, "0.0.0.0", int(port))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
