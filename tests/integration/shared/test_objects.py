"""Conditional deletion, where S3 can look and delete in one, and where it cannot."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from onlooker_shared.aws import Aws
from onlooker_shared.objects import ANY, delete_if, exists, how_gone


@pytest.fixture
async def bucket(aws: Aws) -> str:
    name = f"objects-{uuid.uuid4().hex}"
    await (await aws.client("s3")).create_bucket(Bucket=name)
    return name


@pytest.fixture(params=[True, False], ids=["S3 can", "S3 cannot"])
async def s3(aws: Aws, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    s3 = await aws.client("s3")
    if not request.param:
        delete = s3.delete_object

        async def without_conditions(**arguments: Any) -> Any:
            if "IfMatch" in arguments:
                answer = {"Error": {"Code": "NotImplemented"}, "ResponseMetadata": {"HTTPStatusCode": 501}}
                raise ClientError(answer, "DeleteObject")
            return await delete(**arguments)

        monkeypatch.setattr(s3, "delete_object", without_conditions)
    return s3


async def test_what_is_as_expected_is_deleted(s3: Any, bucket: str) -> None:
    etag = (await s3.put_object(Bucket=bucket, Key="k", Body=b"1"))["ETag"]
    await delete_if(s3, bucket, "k", etag)
    assert not await exists(s3, bucket, "k")


async def test_whatever_is_there_is_deleted(s3: Any, bucket: str) -> None:
    await s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    await delete_if(s3, bucket, "k", ANY)
    assert not await exists(s3, bucket, "k")


async def test_what_was_overwritten_stays_and_is_told(s3: Any, bucket: str) -> None:
    etag = (await s3.put_object(Bucket=bucket, Key="k", Body=b"1"))["ETag"]
    await s3.put_object(Bucket=bucket, Key="k", Body=b"2")
    with pytest.raises(ClientError) as error:
        await delete_if(s3, bucket, "k", etag)
    assert how_gone(error.value) == "overwritten"
    assert await exists(s3, bucket, "k")


@pytest.mark.parametrize("etag", ['"any"', ANY])
async def test_what_is_not_there_is_told(s3: Any, bucket: str, etag: str) -> None:
    with pytest.raises(ClientError) as error:
        await delete_if(s3, bucket, "none", etag)
    assert how_gone(error.value) == "deleted"
