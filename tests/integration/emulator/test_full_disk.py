"""A disk that is full, or fails: refused with the reason, and never acknowledged without being kept."""

import resource
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from emulator import Emulator, aws_environment, running_emulator

ONCE = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
SMALL_FILE = 20_000  # bytes: what the process may still write into one file, once limited


def make_table(dynamodb: Any) -> None:
    dynamodb.create_table(
        TableName="items",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def limit_files(emulator: Emulator, size: int = SMALL_FILE) -> None:
    """Let every write beyond a size fail, as on a disk that is full to that point."""
    resource.prlimit(emulator.process.pid, resource.RLIMIT_FSIZE, (size, size))


def test_writes_are_refused_while_too_little_is_free(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as first, aws_environment(first):
        boto3.client("s3", config=ONCE).create_bucket(Bucket="images")
        boto3.client("s3", config=ONCE).put_object(Bucket="images", Key="before", Body=b"x")
        make_table(boto3.client("dynamodb"))
    with running_emulator(tmp_path, "--keep-free", str(1 << 60)) as full, aws_environment(full):
        s3, dynamodb = boto3.client("s3", config=ONCE), boto3.client("dynamodb", config=ONCE)
        for _ in range(2):  # the second on the connection of the first, if that was kept
            with pytest.raises(ClientError, match=r"\(InternalError\).*disk under .* is full"):
                s3.put_object(Bucket="images", Key="during", Body=b"x" * 1_000_000)
        upload = urllib.request.Request(f"{full.url}/images/during", method="PUT", data=b"x" * 5_000_000)
        with pytest.raises(urllib.error.HTTPError, match="500") as error:  # sent without waiting for a go-ahead
            urllib.request.urlopen(upload)
        error.value.close()
        with pytest.raises(ClientError, match=r"\(InternalServerError\).*disk under .* is full"):
            dynamodb.put_item(TableName="items", Item={"pk": {"S": "during"}})
        assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="images")["Contents"]] == ["before"]
        assert dynamodb.scan(TableName="items")["Count"] == 0
        s3.delete_objects(Bucket="images", Delete={"Objects": [{"Key": "before"}]})  # how one makes room
        assert s3.list_objects_v2(Bucket="images")["KeyCount"] == 0
        assert full.process.poll() is None


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process")
def test_a_journal_that_cannot_be_written_ends_the_emulator_with_the_reason(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as first, aws_environment(first):
        dynamodb = boto3.client("dynamodb", config=ONCE)
        make_table(dynamodb)
        dynamodb.put_item(TableName="items", Item={"pk": {"S": "kept"}})
        limit_files(first)
        with pytest.raises(ClientError, match=r"\(InternalServerError\).*journal.*could not be written"):
            dynamodb.put_item(TableName="items", Item={"pk": {"S": "lost"}, "data": {"B": bytes(SMALL_FILE)}})
        assert first.process.wait(15) == 74
    assert "The emulator stopped: the journal" in (tmp_path / "emulator.log").read_text()
    with running_emulator(tmp_path) as second, aws_environment(second):
        items = boto3.client("dynamodb").scan(TableName="items")["Items"]
    assert items == [{"pk": {"S": "kept"}}]


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process")
def test_an_object_that_cannot_be_written_ends_the_emulator_and_leaves_the_old_one(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as first, aws_environment(first):
        s3 = boto3.client("s3", config=ONCE)
        s3.create_bucket(Bucket="images")
        s3.put_object(Bucket="images", Key="kept", Body=b"old")
        limit_files(first)
        with pytest.raises(ClientError, match=r"\(InternalError\).*could not be written"):
            s3.put_object(Bucket="images", Key="kept", Body=bytes(SMALL_FILE + 1))
        assert first.process.wait(15) == 74
    with running_emulator(tmp_path) as second, aws_environment(second):
        s3 = boto3.client("s3")
        assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="images")["Contents"]] == ["kept"]
        assert s3.get_object(Bucket="images", Key="kept")["Body"].read() == b"old"


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process")
def test_an_object_whose_metadata_cannot_be_written_stays_what_it_was(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as first, aws_environment(first):
        s3 = boto3.client("s3", config=ONCE)
        s3.create_bucket(Bucket="images")
        old = s3.put_object(Bucket="images", Key="kept", Body=b"old", ContentType="image/png")
        limit_files(first, 1500)
        with pytest.raises(ClientError, match=r"\(InternalError\).*could not be written"):
            s3.put_object(Bucket="images", Key="kept", Body=b"new", Metadata={"note": "n" * 1500})
        assert first.process.wait(15) == 74
    with running_emulator(tmp_path) as second, aws_environment(second):
        found = boto3.client("s3").get_object(Bucket="images", Key="kept")
        assert (found["Body"].read(), found["ContentType"], found["ETag"]) == (b"old", "image/png", old["ETag"])
    assert not list(tmp_path.rglob("*.tmp"))


def test_an_object_that_has_no_place_on_the_disk_is_not_acknowledged(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as first, aws_environment(first):
        s3 = boto3.client("s3", config=ONCE)
        s3.create_bucket(Bucket="images")
        folder = tmp_path / "s3" / "000000000000" / "images"
        folder.rmdir()
        folder.write_bytes(b"in the way")
        with pytest.raises(ClientError, match=r"\(InternalError\).*could not be written"):
            s3.put_object(Bucket="images", Key="lost", Body=b"x")
        assert first.process.wait(15) == 74
