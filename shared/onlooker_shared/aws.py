"""AWS clients: one session a process, one client a service for the life of the process.

Making a client costs more than an upload, so none is made on a request's path.
"""

import asyncio
import os
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, cast, overload

import aioboto3
from aiobotocore.config import AioConfig
from botocore.exceptions import NoRegionError

from onlooker_shared.errors import SettingsError
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry.tracing import TRACEPARENT, current_traceparent

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_rekognition import RekognitionClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_ses import SESClient
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sqs import SQSClient

CONNECT_TIMEOUT = 5.0
"""Seconds to open a connection."""
READ_TIMEOUT = 60.0
"""Seconds between two bytes; longer than SQS's longest poll of 20."""
POOL = 64
"""Connections a client keeps: more than any service's messages in work together."""
ATTEMPTS = 4
"""Tries of one call in all, with botocore's standard back-off."""


class Aws:
    """The clients of one process, opened when first asked for and closed together.

    Use as an asynchronous context manager.
    """

    def __init__(self, settings: CommonSettings) -> None:
        # botocore reads AWS_DEFAULT_REGION alone, Amazon's containers are given AWS_REGION alone
        self._session = aioboto3.Session(region_name=os.environ.get("AWS_REGION"))
        self._stack = AsyncExitStack()
        self._clients: dict[str, Any] = {}
        self._opening = asyncio.Lock()
        self._public_s3_endpoint = settings.s3_public_endpoint
        self._config = AioConfig(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            max_pool_connections=POOL,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            user_agent="onlooker",  # else botocore composes one of two dozen parts anew for each call
        )
        self._own_configs = {
            "s3": AioConfig(
                signature_version="s3v4",  # the default presigner of us-east-1 still makes version 2
                s3={"addressing_style": settings.s3_addressing},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            # Its caller paces, counts and repeats each call; unseen repetitions would break its rates.
            "rekognition": AioConfig(retries={"mode": "standard", "total_max_attempts": 1}),
        }

    async def __aenter__(self) -> Self:
        await self._stack.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    @overload
    async def client(self, service: Literal["dynamodb"]) -> "DynamoDBClient": ...
    @overload
    async def client(self, service: Literal["rekognition"]) -> "RekognitionClient": ...
    @overload
    async def client(self, service: Literal["s3"]) -> "S3Client": ...
    @overload
    async def client(self, service: Literal["ses"]) -> "SESClient": ...
    @overload
    async def client(self, service: Literal["sns"]) -> "SNSClient": ...
    @overload
    async def client(self, service: Literal["sqs"]) -> "SQSClient": ...
    @overload
    async def client(self, service: Literal["cloudwatch", "events", "iot-data", "kms"]) -> Any: ...
    async def client(self, service: str) -> Any:
        """Return the process's client of an AWS service; the same one at every call.

        Raises:
            SettingsError: nothing says in which region.
        """
        return await self._client(service, service, None)

    async def presigner(self) -> "S3Client":
        """Return an S3 client for presigning alone: its links name the endpoint that the reader of a link will use."""
        if self._public_s3_endpoint is None:
            return await self.client("s3")
        client: S3Client = await self._client("s3-public", "s3", self._public_s3_endpoint)
        return client

    async def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in this process's account, region and partition."""
        identity = await (await self._client("sts", "sts", None)).get_caller_identity()
        partition = identity["Arn"].split(":")[1]
        region = (await self.client("sns")).meta.region_name  # STS may answer from a global endpoint
        return f"arn:{partition}:{service}:{region}:{identity['Account']}:{resource}"

    async def topic_arn(self, name: str) -> str:
        """Return the ARN of a topic in this process's account and region."""
        return await self.arn("sns", name)

    async def queue_url(self, name: str) -> str:
        """Return a queue's URL.

        Raises:
            botocore.exceptions.ClientError: there is no such queue.
        """
        sqs = await self.client("sqs")
        return (await sqs.get_queue_url(QueueName=name))["QueueUrl"]

    async def _client(self, name: str, service: str, endpoint: str | None) -> Any:
        async with self._opening:  # or two askers at once would open two
            if name not in self._clients:
                config = self._config.merge(self._own_configs.get(service, AioConfig()))
                session = cast("Any", self._session)  # its stubs want the service's name as a literal
                opening = session.client(service, config=config, endpoint_url=endpoint)
                try:
                    client = await self._stack.enter_async_context(opening)
                except NoRegionError:
                    told = "AWS_REGION: is not set; it names the region whose services are used, such as eu-central-1."
                    raise SettingsError(told) from None
                if service == "rekognition":
                    client.meta.events.register("before-call", _carry_trace)
                self._clients[name] = client
            return self._clients[name]


def _carry_trace(params: dict[str, Any], **_: Any) -> None:
    """Send the running trace's id along: the local Rekognition server writes it into its log, Amazon ignores it."""
    if traceparent := current_traceparent():
        params["headers"][TRACEPARENT] = traceparent
