"""What a client can be told: Amazon Rekognition's exceptions, by the names of its service model.

ServiceError
├── modelled: a client may catch them as `client.exceptions.<code>`
│   ├── InvalidParameterError            a constraint of the operation that the model does not state is violated
│   ├── InvalidImageFormatError          neither JPEG nor PNG, or damaged
│   ├── ImageTooLargeError               too many bytes or pixels
│   ├── InvalidS3ObjectError             the S3 object can not be had
│   ├── InvalidPaginationTokenError      a token that this operation did not give
│   ├── ResourceNotFoundError            no such collection
│   ├── ResourceAlreadyExistsError       the collection exists
│   ├── ConflictError                    the user exists, or is being changed
│   ├── ServiceQuotaExceededError        more than may be kept
│   ├── LimitExceededError               too many jobs at once
│   ├── VideoTooLargeError               a video of too many bytes
│   ├── IdempotentParameterMismatchError a request token that was used for another request
│   ├── AccessDeniedError                an operation this server does not offer
│   ├── ThrottlingError                  the queue is full; try again
│   └── InternalServerError              our fault; the log says more
└── ProtocolError: what Amazon's front answers before the service sees the request; no model lists these
    ├── UnknownOperationError            a target header that names no operation
    ├── MissingAuthenticationTokenError  no signature
    ├── IncompleteSignatureError         half a signature
    ├── UnrecognizedClientError          a key or session token nobody gave out
    ├── InvalidSignatureError            a signature that does not fit, by secret, scope or clock
    ├── RequestTooLargeError             a body larger than any valid request
    ├── SerializationError               not JSON, or a member of the wrong type
    └── ValidationError                  a constraint of the model is violated
"""

from __future__ import annotations

from typing import ClassVar


class ServiceError(Exception):
    """An answer that is an error. `code` is Amazon's name for it; the text is for the client."""

    code: ClassVar[str]
    status: ClassVar[int] = 400

    @property
    def message(self) -> str:
        """What was wrong and what to do, in words a client may see."""
        return str(self)


class InvalidParameterError(ServiceError):
    """A parameter violates a constraint that only the operation knows."""

    code = "InvalidParameterException"


class InvalidImageFormatError(ServiceError):
    """The picture is neither JPEG nor PNG, or is damaged beyond decoding."""

    code = "InvalidImageFormatException"


class ImageTooLargeError(ServiceError):
    """The picture has more bytes or pixels than are accepted."""

    code = "ImageTooLargeException"


class InvalidS3ObjectError(ServiceError):
    """The S3 object does not exist or may not be read."""

    code = "InvalidS3ObjectException"


class InvalidPaginationTokenError(ServiceError):
    """A pagination token that this operation, for this collection, did not give."""

    code = "InvalidPaginationTokenException"


class ResourceNotFoundError(ServiceError):
    """The collection does not exist."""

    code = "ResourceNotFoundException"


class ResourceAlreadyExistsError(ServiceError):
    """A collection of that id exists."""

    code = "ResourceAlreadyExistsException"


class ConflictError(ServiceError):
    """A user of that id exists."""

    code = "ConflictException"


class ServiceQuotaExceededError(ServiceError):
    """More tags, or faces of a user, than Amazon allows."""

    code = "ServiceQuotaExceededException"


class LimitExceededError(ServiceError):
    """More analyses of videos in progress than are accepted."""

    code = "LimitExceededException"


class VideoTooLargeError(ServiceError):
    """The video has more bytes than are accepted."""

    code = "VideoTooLargeException"


class IdempotentParameterMismatchError(ServiceError):
    """A client request token that came before with other parameters."""

    code = "IdempotentParameterMismatchException"


class AccessDeniedError(ServiceError):
    """The operation is not offered: the one exception of the model that says no and is not retried."""

    code = "AccessDeniedException"


class ThrottlingError(ServiceError):
    """Too much is waiting. The model calls it a fault, so it goes out with 500; every SDK retries it."""

    code = "ThrottlingException"
    status = 500


class InternalServerError(ServiceError):
    """Our fault; the log holds the cause under the request's id."""

    code = "InternalServerError"
    status = 500


class ProtocolError(ServiceError):
    """An error of the protocol. Its answer is shorter than the service's own: a type and a message."""


class UnknownOperationError(ProtocolError):
    """The target header is missing or names no operation of the service."""

    code = "UnknownOperationException"


class MissingAuthenticationTokenError(ProtocolError):
    """The request is not signed, and must be."""

    code = "MissingAuthenticationTokenException"


class IncompleteSignatureError(ProtocolError):
    """The Authorization header lacks a part, or is of another scheme."""

    code = "IncompleteSignatureException"


class UnrecognizedClientError(ProtocolError):
    """The access key, or its session token, is none of those configured."""

    code = "UnrecognizedClientException"


class InvalidSignatureError(ProtocolError):
    """The signature was made with another secret, for another request, scope or time."""

    code = "InvalidSignatureException"


class RequestTooLargeError(ProtocolError):
    """The body is larger than any valid request."""

    code = "RequestEntityTooLargeException"
    status = 413


class SerializationError(ProtocolError):
    """The body is not JSON, or one of its members is of the wrong type."""

    code = "SerializationException"


class ValidationError(ProtocolError):
    """A parameter violates a constraint that the model states."""

    code = "ValidationException"
