"""The marker: a bucket and a table of the keeper's own, by which an emulator that lost its memory is known.

Both hold the name of the copy that keeps this emulator. Where one of them is missing, what is kept beside it was lost:
an emulator may have its objects in one process and its items in another (LocalStack's DynamoDB), which can end alone.
"""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from onlooker_shared.aws import Aws
from onlooker_shared.objects import MISSING
from onlooker_shared.provision.buckets import Buckets
from onlooker_shared.provision.names import Names
from onlooker_shared.provision.report import Report
from onlooker_shared.provision.tables import Tables
from onlooker_shared.topology import Bucket, Table

KEY = "kept-by"


@dataclass(frozen=True, slots=True)
class Marks:
    """The names of the copies that keep an emulator, which is one copy; None where nothing says so."""

    objects: str | None
    items: str | None


class Marker:
    """The marker in an emulator.

    Args:
        aws: the process's clients.
        name: of the bucket and of the table.
    """

    def __init__(self, aws: Aws, name: str) -> None:
        self._aws = aws
        self._bucket = Bucket(name)
        self._table = Table(name, hash_key="name")

    async def read(self) -> Marks:
        """Return which copy keeps this emulator."""
        return Marks(objects=await self._read_object(), items=await self._read_item())

    async def write(self, name: str) -> None:
        """Say that this emulator is kept by a copy."""
        s3, dynamodb = await self._aws.client("s3"), await self._aws.client("dynamodb")
        await Tables(dynamodb, Report()).ensure(self._table)
        await dynamodb.put_item(TableName=self._table.name, Item={"name": {"S": KEY}, "copy": {"S": name}})
        await Buckets(s3, await Names.of(self._aws), Report()).ensure(self._bucket)
        await s3.put_object(Bucket=self._bucket.name, Key=KEY, Body=name.encode())

    async def _read_object(self) -> str | None:
        s3 = await self._aws.client("s3")
        try:
            answer = await s3.get_object(Bucket=self._bucket.name, Key=KEY)
        except ClientError as error:
            if error.response["Error"]["Code"] in {*MISSING, "NoSuchBucket"}:
                return None
            raise
        async with answer["Body"] as body:
            text: bytes = await body.read()
        return text.decode()

    async def _read_item(self) -> str | None:
        dynamodb = await self._aws.client("dynamodb")
        try:
            answer = await dynamodb.get_item(TableName=self._table.name, Key={"name": {"S": KEY}}, ConsistentRead=True)
        except dynamodb.exceptions.ResourceNotFoundException:
            return None
        return answer["Item"]["copy"]["S"] if "Item" in answer else None
