"""Embeddings as pgvector's type `vector`.

Its binary form is two 16-bit numbers, the first of which is the count, then as many 32-bit floats. In text, as psycopg
would have it, a search spends more time on writing and reading digits than on searching.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format
from psycopg.types import TypeInfo

from onlooker_rekognition.vision.results import Embedding

_HEADER = struct.Struct(">HH")
_NUMBERS = ">f4"


class _BinaryDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Embedding) -> Buffer:
        return _HEADER.pack(len(obj), 0) + obj.astype(_NUMBERS).tobytes()


class _BinaryLoader(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> Embedding:
        return np.frombuffer(data, _NUMBERS, offset=_HEADER.size).astype(np.float32)


class _TextLoader(Loader):
    def load(self, data: Buffer) -> Embedding:
        return np.array(bytes(data)[1:-1].split(b","), np.float32)


def register_vectors(connection: Connection[Any]) -> None:
    """Let arrays be parameters, and vectors be arrays in results. pgvector must be enabled in the database."""
    vector = TypeInfo.fetch(connection, "vector")
    if vector is None:
        raise LookupError("the search_path does not lead to pgvector's type")
    vector.register(connection)
    dumper = type("VectorDumper", (_BinaryDumper,), {"oid": vector.oid})
    connection.adapters.register_dumper(np.ndarray, dumper)
    connection.adapters.register_loader(vector.oid, _BinaryLoader)
    connection.adapters.register_loader(vector.oid, _TextLoader)
