"""What a client can be told: Amazon Rekognition's exceptions, by the names of its service model.

ServiceError
├── modelled: a client may catch them as `client.exceptions.<code>`
│   ├── InvalidParameterError            a constraint of the model or of the operation is violated
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
└── of the protocol: what Amazon answers before it knows the operation
    ├── UnknownOperationError            a target header that names no operation
    ├── SerializationError               not JSON, or a member of the wrong type
    └── RequestTooLargeError             a body larger than any valid request
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
    """A parameter violates a constraint of the model or of the operation."""

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


class UnknownOperationError(ServiceError):
    """The target header is missing or names no operation of the service."""

    code = "UnknownOperationException"


class SerializationError(ServiceError):
    """The body is not JSON, or one of its members is of the wrong type."""

    code = "SerializationException"


class RequestTooLargeError(ServiceError):
    """The body is larger than any valid request."""

    code = "RequestEntityTooLargeException"
    status = 413
