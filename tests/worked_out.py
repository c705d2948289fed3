"""What libraries work out anew each time though it never changes is worked out once in each worker.

Nearly every test composes services, makes clients of AWS or of HTTP: what FastAPI finds out about the types of routes,
botocore's models and certificates cost such a test more time than all that it is about.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiobotocore.httpsession
import fastapi._compat.v2
import httpx._transports.default
import pytest
from botocore import session as botocore_session
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

DESCRIBING = tuple(name for name in FieldInfo.__slots__ if not name.startswith("_"))


@contextmanager
def worked_out_once() -> Iterator[None]:
    """Have it so for the length of a `with` block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fastapi._compat.v2, "TypeAdapter", _Adapters())
        patch.setattr(botocore_session, "create_loader", functools.cache(botocore_session.create_loader))
        contexts = functools.cache(httpx._transports.default.create_ssl_context)
        patch.setattr(httpx._transports.default, "create_ssl_context", contexts)
        # Clients of AWS speak plain HTTP here; over TLS they would trust nobody but whom they are told to.
        patch.setattr(aiobotocore.httpsession, "get_cert_path", lambda verify: None if verify is True else verify)
        yield


class _Adapters:
    """Makes one adapter of all annotations that are alike."""

    def __init__(self) -> None:
        self._made: dict[Any, TypeAdapter[Any]] = {}

    def __call__(self, annotated: Any, *, config: Any = None) -> TypeAdapter[Any]:
        origin = annotated.__origin__
        key = (origin, repr(origin), tuple(map(_told, annotated.__metadata__)), config)  # unions are equal in any order
        try:
            known = self._made.get(key)
        except TypeError:  # it has parts without a hash, such as examples
            return TypeAdapter(annotated, config=config)
        if known is None:
            known = self._made[key] = TypeAdapter(annotated, config=config)
        return known


def _told(part: object) -> object:
    """What a part of an annotation says; fields are not compared by that themselves."""
    if not isinstance(part, FieldInfo):
        return part
    said = ((name, getattr(part, name, None)) for name in DESCRIBING)
    return type(part), tuple(
        (name, type(value), tuple(value) if isinstance(value, list) else value) for name, value in said
    )
