"""What every part of the notifier stands on: clients, tables, settings, rules."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from onlooker_notifier.rules.defaults import default_rule
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.settings import NotifierSettings
from onlooker_shared.aws import Aws
from onlooker_shared.claims import Claims
from onlooker_shared.results import Results
from onlooker_shared.topology import Topology

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sqs import SQSClient

clock = time.time
"""Epoch seconds."""


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Foundation:
    """What all parts are composed of."""

    settings: NotifierSettings
    topology: Topology
    dynamodb: "DynamoDBClient"
    s3: "S3Client"
    sqs: "SQSClient"
    rulebook: Rulebook
    results: Results
    claims: Claims

    @property
    def notices(self) -> str:
        """The name of the table of notices."""
        return self.topology.alert_notices.name

    @property
    def zone(self) -> ZoneInfo:
        """Of who reads messages."""
        return ZoneInfo(self.settings.zone)

    @property
    def kept(self) -> timedelta:
        """How long it is kept what was sent to whom."""
        return timedelta(days=self.settings.keep_deliveries)


async def lay(aws: Aws, topology: Topology) -> Foundation:
    """Connect to what is there, and see to it that there is a rule."""
    settings, dynamodb, s3 = NotifierSettings(), await aws.client("dynamodb"), await aws.client("s3")
    rulebook = Rulebook(dynamodb, topology.alert_rules.name)
    await rulebook.ensure_default(
        default_rule(email_to=settings.email_to, topic_arn=settings.topic_arn, digest_interval=settings.digest_interval)
    )
    return Foundation(
        settings=settings,
        topology=topology,
        dynamodb=dynamodb,
        s3=s3,
        sqs=await aws.client("sqs"),
        rulebook=rulebook,
        results=Results(s3, topology.results.name),
        claims=Claims(dynamodb, topology.claims.name),
    )
