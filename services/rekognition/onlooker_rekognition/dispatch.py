"""One request of the JSON 1.1 protocol: from target header and body to an answer or one of Amazon's errors."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_rekognition.operations.registry import Handler
from onlooker_rekognition.operations.withheld import WITHHELD
from onlooker_rekognition.protocol.errors import (
    AccessDeniedError,
    InternalServerError,
    ProtocolError,
    SerializationError,
    ServiceError,
    UnknownOperationError,
    ValidationError,
)
from onlooker_rekognition.protocol.model import Operation, Parameters, Service
from onlooker_rekognition.protocol.parse import MalformedValueError, load_json
from onlooker_rekognition.protocol.validate import validation_message

_LARGE = 64 * 1024  # bytes; a larger body takes more than a fraction of a millisecond to read

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client. `code` is the error's or OK."""

    request_id: str
    status: int
    code: str
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """Amazon's headers of an answer, but for the content type."""
        headers = {"x-amzn-requestid": self.request_id}
        if self.code != "OK":
            headers["x-amzn-errortype"] = self.code
        return headers


class Dispatcher:
    """Answers requests by the service model and the handlers of the operations offered."""

    def __init__(self, service: Service, handlers: Mapping[str, Handler]) -> None:
        if unknown := handlers.keys() - service.operations.keys():
            raise ValueError(f"botocore's service model has no {', '.join(sorted(unknown))}")
        self._service = service
        self._handlers = handlers
        for name in handlers:  # compile now: the first request must not pay for it
            operation = service.operations[name]
            _ = (operation.read, operation.violations, operation.write)

    @property
    def content_type(self) -> str:
        """The content type of requests and answers."""
        return self._service.content_type

    def operation_name(self, target: str) -> str:
        """The operation that an X-Amz-Target header names. Raises UnknownOperationError."""
        prefix, _, name = target.partition(".")
        if prefix != self._service.target_prefix or name not in self._service.operations:
            raise UnknownOperationError(
                f"X-Amz-Target must be {self._service.target_prefix}.<operation>, it is '{target}'."
            )
        return name

    async def answer(self, name: str, body: bytes) -> Answer:
        """The answer to operation `name`; every failure is an answer too."""
        request_id = str(uuid.uuid4())
        try:
            result = await self._perform(self._service.operations[name], body)
        except ServiceError as error:
            return refusal(error, request_id)
        except Exception:  # noqa: BLE001 (whatever it is, the client gets an answer and the log the cause)
            _log.exception("%s failed", name, extra={"request_id": request_id, "operation": name})
            failure = InternalServerError(f"The server failed; its log says why under request {request_id}.")
            return refusal(failure, request_id)
        return Answer(request_id, 200, "OK", result)

    async def _perform(self, operation: Operation, body: bytes) -> bytes:
        handler = self._handlers.get(operation.name)
        if handler is None:
            _log.warning("%s was called, which is not offered", operation.name)
            reason = WITHHELD.get(operation.name)
            raise AccessDeniedError(f"{operation.name} is not offered by this server{f': {reason}' if reason else ''}.")
        if len(body) > _LARGE:
            parameters = await asyncio.to_thread(_read, operation, body)
        else:
            parameters = _read(operation, body)
        result = operation.write(await handler(parameters))
        return json.dumps(result, separators=(",", ":")).encode()


def refusal(error: ServiceError, request_id: str) -> Answer:
    """An error in the shape of Amazon's: that of the protocol, or the service's own, which has more members."""
    if isinstance(error, ProtocolError):
        body = {"__type": error.code, "message": error.message}
    else:
        body = {"__type": error.code, "Code": error.code, "Logref": request_id, "Message": error.message}
    return Answer(request_id, error.status, error.code, json.dumps(body).encode())


def _read(operation: Operation, body: bytes) -> Parameters:
    try:
        parameters: dict[str, Any] = operation.read(load_json(body))
    except MalformedValueError as error:
        raise SerializationError(str(error)) from error
    if violations := operation.violations(parameters):
        raise ValidationError(validation_message(violations))
    return parameters
