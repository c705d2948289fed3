"""What can go wrong with AWS: a client that can not be made, a call that fails, and whether to call again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError

CALL_ERRORS = (ClientError, BotoCoreError, aiohttp.ClientError, OSError, UnicodeEncodeError)
"""What a call raises. aiohttp's own: a body that is cut off; UnicodeEncodeError: a name that has no UTF-8."""

_NOT_NOW = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_THROTTLED = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "RequestThrottled")  # with HTTP 400, too


class CloudError(Exception):
    """There can be no client of AWS; the text says why."""


@contextmanager
def making_client() -> Iterator[None]:
    """Raises CloudError where a client is made that can not be: of no such profile, with an endpoint that is no URL."""
    try:
        yield
    except (BotoCoreError, ValueError) as error:
        raise CloudError(
            f"{error}. Set right what AWS's variables (AWS_ENDPOINT_URL, AWS_PROFILE, ...) say."
        ) from error


def is_refusal(error: Exception) -> bool:
    """Whether AWS (or having no credentials for it) said no, so that asking again is of no use."""
    if isinstance(error, ClientError):
        status = int(error.response["ResponseMetadata"]["HTTPStatusCode"])
        throttled = status in _NOT_NOW or error.response["Error"].get("Code", "").startswith(_THROTTLED)
        return status < HTTPStatus.INTERNAL_SERVER_ERROR and not throttled
    return isinstance(error, (NoCredentialsError, ParamValidationError, UnicodeEncodeError))
