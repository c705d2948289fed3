"""Private buckets: nothing public, owned, encrypted; browser uploads where wanted, tidied, and their notifications."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from onlooker_shared.errors import ConfigurationError
from onlooker_shared.provision.names import Names
from onlooker_shared.provision.report import Report
from onlooker_shared.topology import Bucket

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

ENTRY = "onlooker"
"""The id of our own entry among a bucket's notifications and lifecycle rules; those of others stay."""
ANNOUNCED = ("s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*")
"""Objects that come, that somebody deletes, and that S3 deletes by a rule of the bucket."""
UNSET = frozenset(
    {
        "NoSuchCORSConfiguration",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
"""Codes by which S3 says that a bucket has no configuration of some kind."""

Configuration = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """One kind of a bucket's configuration, as S3's operations ``get_<kind>`` and ``put_<kind>`` have it."""

    kind: str
    argument: str
    """The argument of ``put``; ``get`` answers either under this name or without any around it."""
    repair: Callable[[Configuration], Configuration | None]
    """Of what is found makes what is to be put, or None if all is well."""


def exactly(wanted: Configuration) -> Callable[[Configuration], Configuration | None]:
    """Return a repair that lets nothing else stand."""

    def repair(found: Configuration) -> Configuration | None:
        return None if {name: found.get(name) for name in wanted} == wanted else wanted

    return repair


def encrypted(found: Configuration) -> Configuration | None:
    """Encrypt with S3's own key, unless the bucket has a better one already."""
    ours = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    return None if found.get("Rules") else ours


def tidied(found: Configuration) -> Configuration | None:
    """Have the parts of uploads whose sender vanished deleted: they are invisible, and paid for."""
    ours = {
        "ID": ENTRY,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    rules: Sequence[Configuration] = found.get("Rules", [])
    if ours in rules:
        return None
    return {"Rules": [*(rule for rule in rules if rule.get("ID") != ENTRY), ours]}


def notifying(queue_arn: str) -> Callable[[Configuration], Configuration | None]:
    """Return a repair that has every object that comes or goes announced to a queue."""
    ours = {"Id": ENTRY, "QueueArn": queue_arn, "Events": list(ANNOUNCED)}

    def repair(found: Configuration) -> Configuration | None:
        queues: Sequence[Configuration] = found.get("QueueConfigurations", [])
        if ours in queues:
            return None
        others = {name: value for name, value in found.items() if name.endswith(("Configuration", "Configurations"))}
        return {**others, "QueueConfigurations": [*(each for each in queues if each.get("Id") != ENTRY), ours]}

    return repair


PRIVATE = (
    Setting(
        "public_access_block",
        "PublicAccessBlockConfiguration",
        exactly(
            {
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            }
        ),
    ),
    Setting(  # access control lists are off: only policies of the owner's account decide
        "bucket_ownership_controls",
        "OwnershipControls",
        exactly({"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}),
    ),
    Setting("bucket_encryption", "ServerSideEncryptionConfiguration", encrypted),
    Setting("bucket_lifecycle_configuration", "LifecycleConfiguration", tidied),
)
BROWSER_POST = Setting(  # any page may send the form; what lets a file in is the signed policy in it
    "bucket_cors",
    "CORSConfiguration",
    exactly(
        {
            "CORSRules": [
                {
                    "AllowedMethods": ["POST"],
                    "AllowedOrigins": ["*"],
                    "AllowedHeaders": ["*"],
                    "ExposeHeaders": ["ETag"],
                }
            ]
        }
    ),
)


class Buckets:
    """Ensures buckets."""

    def __init__(self, s3: "S3Client", names: Names, report: Report) -> None:
        self._s3 = s3
        self._names = names
        self._report = report

    async def ensure(self, bucket: Bucket) -> None:
        """Have a private bucket.

        Raises:
            ConfigurationError: a bucket of this name belongs to somebody else.
        """
        created = await self._create(bucket.name)
        for setting in (*PRIVATE, *([BROWSER_POST] if bucket.public_post else [])):
            await self._ensure(bucket.name, setting, new=created)

    async def notify(self, bucket: Bucket) -> None:
        """Have a bucket announce its objects where the topology says so; the queue must let it."""
        if bucket.notifies is not None:
            wanted = notifying(self._names.queue(bucket.notifies))
            setting = Setting("bucket_notification_configuration", "NotificationConfiguration", wanted)
            await self._ensure(bucket.name, setting, new=f"bucket {bucket.name}" in self._report.created)

    async def _create(self, name: str) -> bool:
        try:
            await self._s3.head_bucket(Bucket=name)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == HTTPStatus.FORBIDDEN:
                raise ConfigurationError(
                    f"The bucket {name} belongs to another account, or these credentials may not see it. "
                    "Bucket names are world-wide: set another ONLOOKER_PREFIX."
                ) from error
            if status != HTTPStatus.NOT_FOUND:
                raise
        else:
            return False
        with contextlib.suppress(self._s3.exceptions.BucketAlreadyOwnedByYou):  # another provisioner was faster
            await self._s3.create_bucket(Bucket=name, **self._where())
        self._report.created.append(f"bucket {name}")
        return True

    def _where(self) -> Any:
        """Return the region as CreateBucket wants it: us-east-1 is the one that must not be named."""
        if self._names.region == "us-east-1":
            return {}
        return {"CreateBucketConfiguration": {"LocationConstraint": self._names.region}}

    async def _ensure(self, name: str, setting: Setting, *, new: bool) -> None:
        repaired = setting.repair({} if new else await self._found(name, setting))
        if repaired is None:
            return
        await getattr(self._s3, f"put_{setting.kind}")(Bucket=name, **{setting.argument: repaired})
        if not new:
            self._report.repaired.append(f"bucket {name}: {setting.argument}")

    async def _found(self, name: str, setting: Setting) -> Configuration:
        try:
            answer: Configuration = await getattr(self._s3, f"get_{setting.kind}")(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] in UNSET:
                return {}
            raise
        found: Configuration = answer.get(setting.argument, answer)
        return found
