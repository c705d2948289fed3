"""The connection to OpenSearch: who we are, how long we wait, and what its errors mean to us."""

import base64
import contextlib
import json
import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from botocore.exceptions import BotoCoreError
from botocore.session import Session
from opensearchpy import (
    AsyncHttpConnection,
    AsyncOpenSearch,
    AuthenticationException,
    AuthorizationException,
    AWSV4SignerAsyncAuth,
    ImproperlyConfigured,
    SerializationError,
    TransportError,
)
from opensearchpy.exceptions import ConnectionError as UnreachableError

from onlooker_shared.errors import ConfigurationError, UnavailableError, describe

Signing = Literal["es", "aoss"]

TIMEOUT = 10.0
"""Seconds that one request may take."""
ACTIVE_WITHIN = "5s"
"""How long the cluster may wait for a shard to be active before it answers 503: less than we wait for the answer."""
CONNECTIONS = 10
"""Open at the same time at most: one writes, the others search."""


def connect(
    url: str,
    *,
    username: str | None = None,
    password: str | None = None,
    signing: Signing | None = None,
    ca: Path | None = None,
) -> AsyncOpenSearch:
    """Return a client. It connects when it is first used.

    Args:
        url: `http://` or `https://`, perhaps with `user:password@`, which is never logged.
        username: for basic authentication, where the URL has none.
        password: likewise.
        signing: sign as AWS's SigV4 wants it, for Amazon OpenSearch Service (`es`) or Serverless (`aoss`), with the
            credentials and the region that every AWS SDK finds.
        ca: certificates to trust instead of the public ones.

    Raises:
        ConfigurationError: these do not go together.
    """
    for tells_bodies in ("opensearch", "opensearchpy.trace"):  # faces and all, one at DEBUG, the other at INFO
        logging.getLogger(tells_bodies).setLevel(logging.ERROR)
    place = urlsplit(url)
    host = f"[{place.hostname}]" if ":" in (place.hostname or "") else place.hostname
    port = place.port or (443 if place.scheme == "https" else 80)
    username = unquote(place.username) if place.username else username
    password = unquote(place.password) if place.password else password
    try:
        return AsyncOpenSearch(
            hosts=[f"{place.scheme}://{host}:{port}{place.path.rstrip('/')}"],
            connection_class=AsyncHttpConnection,
            http_auth=_signer(signing) if signing else None,
            headers=_basic(username, password or "") if username else None,
            ca_certs=str(ca) if ca else None,
            timeout=TIMEOUT,
            max_retries=0,  # each caller knows what may be done again, and when
            maxsize=CONNECTIONS,
        )
    except (ImproperlyConfigured, OSError) as error:
        raise ConfigurationError(f"OpenSearch cannot be used: {error}.") from error


def _basic(username: str, password: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"}


def _signer(service: Signing) -> AWSV4SignerAsyncAuth:
    session = Session()
    credentials = session.get_credentials()
    # botocore reads AWS_DEFAULT_REGION alone, Amazon's containers are given AWS_REGION alone
    region = os.environ.get("AWS_REGION") or session.get_config_variable("region")
    if credentials is None or region is None:
        raise ConfigurationError(
            "ONLOOKER_TAGGER_OPENSEARCH_SIGNING needs AWS credentials and a region; set AWS_REGION and one of the "
            "sources of credentials that AWS's SDKs read, or unset it."
        )
    return AWSV4SignerAsyncAuth(credentials, region, service)


@contextmanager
def answering() -> Generator[None, None, None]:
    """Run the block; what means that the cluster cannot do it now becomes `UnavailableError`.

    Raises:
        UnavailableError: it is away, overrun, without a shard that is asked for, or refuses us.
        opensearchpy.TransportError: it finds fault with what was asked.
    """
    try:
        yield
    except UnreachableError as error:
        cause = describe(error.info) if isinstance(error.info, BaseException) else str(error.error)
        raise UnavailableError(f"OpenSearch does not answer: {cause}.") from error
    except (SerializationError, BotoCoreError) as error:
        raise UnavailableError(f"OpenSearch does not answer: {describe(error)}.") from error
    except (AuthenticationException, AuthorizationException) as error:
        raise UnavailableError(
            f"OpenSearch refuses Onlooker ({error.status_code}): {reason_in(error.info or error.error)}"
        ) from error
    except TransportError as error:
        if _is_temporary(error.status_code):
            raise UnavailableError(
                f"OpenSearch cannot do this now ({error.status_code}): {reason_in(error.info or error.error)}"
            ) from error
        raise


def _is_temporary(status: Any) -> bool:
    """Whether the same request may succeed later, as its HTTP status says."""
    return (
        not isinstance(status, int)
        or status == HTTPStatus.TOO_MANY_REQUESTS
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


def reason_in(answer: Any) -> str:
    """Return the reason that an error's answer gives, without the preview of a value that some repeat.

    Args:
        answer: the body, or the error in it, as JSON or read from it.
    """
    if isinstance(answer, str):
        with contextlib.suppress(ValueError):
            answer = json.loads(answer)
    error = answer.get("error", answer) if isinstance(answer, dict) else answer
    if not isinstance(error, dict):
        return str(error)[:200]
    deepest = error
    while isinstance(deepest.get("caused_by"), dict):
        deepest = deepest["caused_by"]
    told = f"{error.get('type')}: {error.get('reason')}"
    if deepest is not error:
        told += f" ({deepest.get('type')}: {deepest.get('reason')})"
    return told.partition(". Preview of field")[0][:500]
