"""The topics to which the end of a video's analysis is published.

Where SNS is comes from AWS's standard variables only, as for S3.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import aioboto3
from aiobotocore.config import AioConfig

from onlooker_rekognition.clouds import CALL_ERRORS, is_refusal, making_client
from onlooker_rekognition.protocol.errors import InternalServerError, InvalidParameterError

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient

_log = logging.getLogger(__name__)


class SnsTopics:
    """Topics of SNS, by an open client."""

    def __init__(self, client: SNSClient) -> None:
        self._client = client

    async def publish(self, topic_arn: str, message: str) -> None:
        """Publish to a topic.

        Raises InvalidParameterError when SNS refuses it (no such topic, not allowed), InternalServerError when SNS
        does not answer: then a retry may help.
        """
        try:
            await self._client.publish(TopicArn=topic_arn, Message=message)
        except CALL_ERRORS as error:
            _log.warning("SNS did not take a message: %s", error)
            if is_refusal(error):
                raise InvalidParameterError(f"SNS refused the message for {topic_arn}.") from error
            raise InternalServerError("SNS could not be reached.") from error


@asynccontextmanager
async def open_sns(*, region: str) -> AsyncIterator[SnsTopics]:
    """A client for the life of the process. Raises CloudError."""
    config = AioConfig(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
    async with AsyncExitStack() as stack:
        with making_client():
            session = aioboto3.Session(region_name=region)
            client = await stack.enter_async_context(session.client("sns", config=config))
        yield SnsTopics(client)
