"""The journal's lines: one for each commit, which is one write or several that were made durable together.

A line is the CRC-32 of what follows it (eight hexadecimal digits), a space, and a JSON array of writes:

    9ae0daaf [{"operation":"PutItem","account":"000000000000","region":"us-east-1","body":{"TableName":...}}]

`body` is the request's body as the client sent it: DynamoDB's JSON, in which numbers and binaries are strings, so
nothing is lost on the way. `account` and `region` say whose table is meant.

A commit that was cut off in writing can only be the last line, since the next is written after the one before is on
disk; and whatever part of it arrived, its CRC does not hold.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

VERSION_LINE = b"onlooker-dynamodb-journal 1\n"


@dataclass(frozen=True, slots=True)
class Write:
    """One successful write. `body` is a JSON object without line breaks."""

    operation: str
    account: str
    region: str
    body: bytes


class DamagedLineError(Exception):
    """A line is not what was written: cut off, or changed since."""


def one_line(body: bytes) -> bytes:
    """Return JSON in UTF-8 on one line. Raises ValueError if it is not that.

    A line break in valid JSON is white space: within a string it is an escape sequence.
    """
    json.loads(body.decode())
    return body.replace(b"\r", b" ").replace(b"\n", b" ")


def encode_commit(writes: Sequence[Write]) -> bytes:
    """Return the line for `writes`, line break included."""
    records = b",".join(
        b'{"operation":%s,"account":%s,"region":%s,"body":%s}'
        % (_string(write.operation), _string(write.account), _string(write.region), write.body)
        for write in writes
    )
    payload = b"[%s]" % records
    return b"%08x %s\n" % (zlib.crc32(payload), payload)


def decode_commit(line: bytes) -> list[Write]:
    """Return the writes of one line, in their order. Raises DamagedLineError."""
    checksum, separator, payload = line[:8], line[8:9], line[9:-1]
    if separator != b" " or not line.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(payload):
        raise DamagedLineError
    return [
        Write(record["operation"], record["account"], record["region"], json.dumps(record["body"]).encode())
        for record in json.loads(payload)
    ]


def _string(text: str) -> bytes:
    return json.dumps(text).encode()
