"""Requests with pictures: JSON (base64, or where they are stored), a form with files, or the bytes of one picture.

They are read here, under limits of size and time: FastAPI would read one of any size, however slowly it comes.
"""

import asyncio
import base64
import binascii
import json
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from onlooker_shared.errors import BadRequestError, TooLargeError, TooSlowError, UnsupportedMediaError

MAX_PICTURES = 10
"""Of one request."""
MAX_FIELDS, MAX_FIELD_BYTES = 10, 256 * 1024
"""Of a form, besides pictures."""
OBJECTS = {"attributes": '{"Bio": "..."}', "consent": '{"given_by": "...", "purpose": "..."}'}
"""Fields of a form that are JSON."""
IDLE, TOTAL = 30.0, 300.0
"""Seconds for the next byte of a body, and for all of it."""
MAX_BYTES = 32 * 1024 * 1024
"""Of a body: ten photos of phones. Each is in memory up to three times: as it came, as text, and without base64."""
SMALL_BYTES = 4 * 1024 * 1024
"""Of a picture of a webcam, and of most others."""
SMALL_AT_ONCE, LARGE_AT_ONCE = 16, 2
"""Bodies in memory at the same time; who comes later waits before theirs is read. Small ones, for which somebody waits
at a door, do not wait for large ones that come slowly."""
CLOSE = {"Connection": "close"}
_DATA_URL = re.compile(r"data:[^,]{0,200};base64,")
"""What browsers put before the base64 of a picture (RFC 2397)."""

M = TypeVar("M", bound=BaseModel)


class StoredAt(BaseModel):
    """An object in a bucket."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bucket: str
    key: str
    version_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came: fields as JSON has them, and pictures as bytes or as where they are stored."""

    fields: dict[str, Any]
    pictures: tuple[bytes | StoredAt, ...]


class Bodies:
    """Reads requests.

    Args:
        max_bytes: of a body.
    """

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._small, self._large = asyncio.Semaphore(SMALL_AT_ONCE), asyncio.Semaphore(LARGE_AT_ONCE)

    def turn(self, request: Request) -> asyncio.Semaphore:
        """Return what is to be held from before a request's body is read until its pictures are done with."""
        length = _declared(request)
        return self._small if length is not None and length <= SMALL_BYTES else self._large

    async def read(self, request: Request, *, most: int = MAX_PICTURES) -> Sent:
        """Return what a request holds.

        Args:
            request: the request.
            most: pictures it may have.

        Raises:
            BadRequestError: it is malformed, or has no picture or too many; the words say what is wrong.
            TooLargeError: it is larger than the limit.
            TooSlowError: the next byte, or the end, did not come in time.
            UnsupportedMediaError: it is of no kind that is taken.
        """
        declared = request.headers.get("content-type", "")
        kind = declared.partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            sent = await _form(request, await self._whole(request))
        elif kind.startswith("image/") or kind == "application/octet-stream":
            body = await self._whole(request)
            sent = Sent({}, (body,) if body else ())
        elif kind in {"application/json", ""}:
            sent = _json(await self._whole(request))
        else:
            raise UnsupportedMediaError(
                "Send application/json, multipart/form-data, or the bytes of a picture as image/jpeg and the like."
            )
        if not sent.pictures:
            raise BadRequestError("There is no picture in this request; send at least one.")
        if len(sent.pictures) > most:
            raise BadRequestError(f"There are {len(sent.pictures)} pictures in this request; at most {most} are taken.")
        return sent

    async def _whole(self, request: Request) -> bytes:
        length = _declared(request)
        if length is not None and length > self._max_bytes:
            raise self._too_large(f"{length}")
        whole = bytearray()
        async for chunk in _in_time(request):
            whole += chunk
            if len(whole) > self._max_bytes:
                raise self._too_large(f"more than {self._max_bytes}")
        return bytes(whole)

    def _too_large(self, size: str) -> TooLargeError:
        return TooLargeError(f"The body has {size} bytes; {self._max_bytes} are taken at most.")


def parsed(model: type[M], fields: dict[str, Any]) -> M:
    """Return fields as a model. Raises RequestValidationError."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_input=False)) from None


def _declared(request: Request) -> int | None:
    """Return the bytes that a body is said to have; the server lets no more through."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


async def _in_time(request: Request) -> AsyncIterator[bytes]:
    deadline = time.monotonic() + TOTAL
    chunks = aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(min(IDLE, max(0.0, deadline - time.monotonic()))):
                chunk = await anext(chunks, None)
        except TimeoutError as error:
            raise TooSlowError("The body stalled or took too long. Nothing was changed.", headers=CLOSE) from error
        if chunk is None:
            return
        yield chunk


def _json(body: bytes) -> Sent:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequestError("The body is no JSON.") from error
    if not isinstance(told, dict):
        raise BadRequestError("The body is no JSON object.")
    listed = told.pop("pictures", None)
    single = told.pop("picture", None)
    if listed is not None and single is not None:
        raise BadRequestError("Give `picture` or `pictures`, not both.")
    pictures = ([] if single is None else [single]) if listed is None else listed
    if not isinstance(pictures, list):
        raise BadRequestError("`pictures` is no list.")
    if len(pictures) > MAX_PICTURES:
        raise BadRequestError(f"There are {len(pictures)} pictures in this request; at most {MAX_PICTURES} are taken.")
    return Sent(told, tuple(_picture(picture, number) for number, picture in enumerate(pictures, start=1)))


def _picture(picture: object, number: int) -> bytes | StoredAt:
    if isinstance(picture, str):
        prefix = _DATA_URL.match(picture)
        try:
            return base64.b64decode(picture[prefix.end() :] if prefix else picture, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadRequestError(f"Picture {number} is not base64: {error}.") from error
    if isinstance(picture, dict):
        return parsed(StoredAt, picture)
    raise BadRequestError(f"Picture {number} is neither base64 nor an object with bucket and key.")


async def _form(request: Request, body: bytes) -> Sent:
    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        request.headers, whole(), max_files=MAX_PICTURES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        what = error.message if isinstance(error, MultiPartException) else "it names no boundary"
        raise BadRequestError(f"The form cannot be read: {what}") from error
    try:
        return await _sent(form)
    finally:
        await form.close()


async def _sent(form: FormData) -> Sent:
    fields: dict[str, Any] = {}
    pictures: list[bytes] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            pictures.append(await value.read())
        elif name in OBJECTS:
            fields[name] = _object(name, value)
        else:
            fields[name] = value
    return Sent(fields, tuple(pictures))


def _object(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRequestError(f"The field `{name}` is no JSON; it should be like {OBJECTS[name]}.") from error
