"""What everything that changes people is composed with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from onlooker_recognizer.originals import Originals
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_shared.publisher import Publisher
from onlooker_shared.results import Results
from onlooker_shared.topology import Topology

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sqs import SQSClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the parts of people's service share.

    Attributes:
        settings: the recognizer's.
        names: of everything in AWS.
        s3: the process's client.
        sqs: likewise.
        dynamodb: likewise.
        queue_url: of the queue of people.
        originals: fetches pictures.
        results: where results are.
        publisher: tells of those that say otherwise who is in a picture.
        clock: the time, UTC.
    """

    settings: RecognizerSettings
    names: Topology
    s3: "S3Client"
    sqs: "SQSClient"
    dynamodb: "DynamoDBClient"
    queue_url: str
    originals: Originals
    results: Results
    publisher: Publisher
    clock: Callable[[], datetime]
