"""The service as Amazon describes it: botocore ships the description, nothing is fetched.

Every operation's input and output shape is compiled once into plain functions, so that a request costs a few
dictionary look-ups instead of a walk over botocore's shape objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from onlooker_rekognition.protocol.parse import Reader, compile_reader
from onlooker_rekognition.protocol.serialize import Writer, compile_writer
from onlooker_rekognition.protocol.validate import compile_validator

Parameters = Mapping[str, Any]
"""A request's members by Amazon's names: blobs are bytes, absent members are absent."""

IDEMPOTENCY_MEMBER = "ClientRequestToken"
"""The member by which a client names a request, so that it is done once however often it is sent."""

_MISMATCH = "IdempotentParameterMismatchException"


@dataclass(frozen=True)
class Operation:
    """One operation of the service."""

    name: str
    shapes: OperationModel

    @property
    def error_codes(self) -> frozenset[str]:
        """The exceptions the model lets this operation answer."""
        return frozenset(shape.name for shape in self.shapes.error_shapes)

    @property
    def takes_token(self) -> bool:
        """Whether a request may carry a token under which it is done once only.

        The model marks the member as idempotency token in the newer operations; that a token can not be used for
        another request, it says of all of them.
        """
        shape = self.shapes.input_shape
        return shape is not None and IDEMPOTENCY_MEMBER in shape.members and _MISMATCH in self.error_codes

    @cached_property
    def read(self) -> Reader:
        """JSON value to parameters. Raises MalformedValueError where a type is wrong."""
        return compile_reader(self.shapes.input_shape)

    @cached_property
    def violations(self) -> Callable[[Parameters], list[str]]:
        """The constraints that parameters violate, worded as Amazon words them; empty when there are none."""
        return compile_validator(self.shapes.input_shape)

    @cached_property
    def write(self) -> Writer:
        """A result to a JSON value. Raises NonconformingResultError for what the model does not know."""
        return compile_writer(self.shapes.output_shape)


@dataclass(frozen=True)
class Service:
    """All operations of Amazon Rekognition by name, and what its requests' headers say."""

    target_prefix: str
    content_type: str
    operations: Mapping[str, Operation]


def load_service() -> Service:
    """The service as the installed botocore describes it."""
    description = ServiceModel(Loader().load_service_model("rekognition", "service-2"), "rekognition")
    metadata = description.metadata
    return Service(
        target_prefix=str(metadata["targetPrefix"]),
        content_type=f"application/x-amz-json-{metadata['jsonVersion']}",
        operations={name: Operation(name, description.operation_model(name)) for name in description.operation_names},
    )
