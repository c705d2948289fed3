"""What was acknowledged is there after a kill, whatever came in between."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from emulator import CREDENTIALS, REGION, Emulator, running_emulator, start_emulator

JOURNAL = "dynamodb.journal"


def client(emulator: Emulator, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=emulator.url,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=32),
    )


def make_table(dynamodb: Any, name: str, sort_key: bool = False) -> None:
    keys = [("pk", "HASH", "S"), *([("sk", "RANGE", "N")] if sort_key else [])]
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind, _ in keys],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": type_} for key, _, type_ in keys],
        BillingMode="PAY_PER_REQUEST",
    )


def all_items(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    return [item for page in dynamodb.get_paginator("scan").paginate(TableName=table) for item in page["Items"]]


def test_every_acknowledged_write_survives_a_kill_with_many_writers(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    stopped = threading.Event()

    def write(dynamodb: Any, writer: int) -> None:
        for number in range(10_000):
            key = f"{writer}/{number}"
            try:
                dynamodb.put_item(
                    TableName="items", Item={"pk": {"S": key}}, ConditionExpression="attribute_not_exists(pk)"
                )
            except (BotoCoreError, ClientError):
                stopped.set()
                return
            acknowledged.append(key)

    with running_emulator(tmp_path) as first, ThreadPoolExecutor(8) as writers:
        dynamodb = client(first, "dynamodb")
        make_table(dynamodb, "items")
        for writer in range(8):
            writers.submit(write, dynamodb, writer)
        while len(acknowledged) < 400:
            assert not stopped.wait(0.005)
        first.kill()

    with running_emulator(tmp_path) as second:
        found = {item["pk"]["S"] for item in all_items(client(second, "dynamodb"), "items")}
    assert len(acknowledged) >= 400
    assert set(acknowledged) <= found
    assert len(found) <= len(acknowledged) + 8  # one write of each writer may have been under way


def test_values_of_every_type_come_back_as_they_were(tmp_path: Path) -> None:
    item = {
        "pk": {"S": 'zwölf\n漢字 "quoted" \\ \u2028'},
        "sk": {"N": "-12345678901234567890.123456789"},
        "binary": {"B": bytes(range(256))},
        "binaries": {"BS": [b"\x00", b"\xff\xfe"]},
        "numbers": {"NS": ["1", "0.1"]},
        "strings": {"SS": ["a", "b"]},
        "nothing": {"NULL": True},
        "truth": {"BOOL": False},
        "map": {"M": {"list": {"L": [{"S": ""}, {"N": "1E+30"}]}}},
    }
    with running_emulator(tmp_path) as first:
        dynamodb = client(first, "dynamodb")
        make_table(dynamodb, "typed", sort_key=True)
        dynamodb.put_item(TableName="typed", Item=item)
        before = all_items(dynamodb, "typed")
        first.kill()
    with running_emulator(tmp_path) as second:
        assert all_items(client(second, "dynamodb"), "typed") == before


def test_each_kind_of_write_is_replayed_in_its_order(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as first:
        dynamodb = client(first, "dynamodb")
        make_table(dynamodb, "items")
        make_table(dynamodb, "gone")
        dynamodb.delete_table(TableName="gone")
        dynamodb.update_time_to_live(
            TableName="items", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
        )
        for _ in range(3):
            dynamodb.update_item(
                TableName="items",
                Key={"pk": {"S": "counter"}},
                UpdateExpression="ADD n :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )
        dynamodb.batch_write_item(
            RequestItems={
                "items": [
                    {"PutRequest": {"Item": {"pk": {"S": "batch"}}}},
                    {"PutRequest": {"Item": {"pk": {"S": "x"}}}},
                ]
            }
        )
        dynamodb.delete_item(TableName="items", Key={"pk": {"S": "x"}})
        dynamodb.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": "items", "Item": {"pk": {"S": "transaction"}}}},
                {"Delete": {"TableName": "items", "Key": {"pk": {"S": "batch"}}}},
            ]
        )
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            dynamodb.put_item(
                TableName="items", Item={"pk": {"S": "counter"}}, ConditionExpression="attribute_not_exists(pk)"
            )
        first.kill()
    with running_emulator(tmp_path) as second:
        dynamodb = client(second, "dynamodb")
        assert dynamodb.list_tables()["TableNames"] == ["items"]
        described = dynamodb.describe_time_to_live(TableName="items")["TimeToLiveDescription"]
        assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
        found = {item["pk"]["S"]: item for item in all_items(dynamodb, "items")}
        assert found.keys() == {"counter", "transaction"}
        assert found["counter"]["n"] == {"N": "3"}


def test_a_write_that_was_cut_off_is_removed_and_the_rest_is_kept(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as first:
        dynamodb = client(first, "dynamodb")
        make_table(dynamodb, "items")
        dynamodb.put_item(TableName="items", Item={"pk": {"S": "whole"}})
        first.kill()
    journal = tmp_path / JOURNAL
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole.splitlines(keepends=True)[-1][:-20])
    with running_emulator(tmp_path) as second:
        assert [item["pk"]["S"] for item in all_items(client(second, "dynamodb"), "items")] == ["whole"]
    assert journal.read_bytes() == whole
    assert "cut off in writing" in (tmp_path / "emulator.log").read_text()


def test_a_journal_damaged_in_the_middle_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as first:
        dynamodb = client(first, "dynamodb")
        make_table(dynamodb, "items")
        dynamodb.put_item(TableName="items", Item={"pk": {"S": "a"}})
        first.kill()
    journal = tmp_path / JOURNAL
    damaged = journal.read_bytes().replace(b"CreateTable", b"creatTable_")
    journal.write_bytes(damaged)
    with pytest.raises(RuntimeError, match=r"(?s)exit code 74.*is damaged at line 2, byte 28.*Put a backup"):
        start_emulator(tmp_path)
    assert journal.read_bytes() == damaged


def test_a_long_journal_is_rewritten_as_what_the_tables_hold(tmp_path: Path) -> None:
    now = int(time.time())
    with running_emulator(tmp_path) as first:
        dynamodb = client(first, "dynamodb")
        make_table(dynamodb, "items", sort_key=True)
        arn = dynamodb.describe_table(TableName="items")["Table"]["TableArn"]
        dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "owner", "Value": "onlooker"}])
        dynamodb.update_time_to_live(
            TableName="items", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
        )
        for number in range(60):
            for expires in (now - 10, now + 3600 * (number % 2)):
                dynamodb.put_item(
                    TableName="items",
                    Item={
                        "pk": {"S": "p"},
                        "sk": {"N": str(number)},
                        "expires": {"N": str(expires)},
                        "data": {"B": bytes(15_000)},
                    },
                )
        before = [item for item in all_items(dynamodb, "items") if int(item["expires"]["N"]) > now]
        first.kill()
    journal = tmp_path / JOURNAL
    long = journal.stat().st_size
    with running_emulator(tmp_path) as second:
        second.kill()
    assert journal.stat().st_size < long / 4
    with running_emulator(tmp_path) as third:  # from the rewritten journal
        dynamodb = client(third, "dynamodb")
        assert all_items(dynamodb, "items") == before
        assert len(before) == 30
        assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "owner", "Value": "onlooker"}]
        described = dynamodb.describe_time_to_live(TableName="items")["TimeToLiveDescription"]
        assert described["TimeToLiveStatus"] == "ENABLED"


def test_what_expired_before_a_rewrite_is_gone_for_the_writes_after_it(tmp_path: Path) -> None:
    expired = {"pk": {"S": "claim"}, "expires": {"N": "1"}, "data": {"B": bytes(300_000)}}
    with running_emulator(tmp_path) as first:
        dynamodb = client(first, "dynamodb")
        make_table(dynamodb, "claims")
        dynamodb.update_time_to_live(
            TableName="claims", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
        )
        for _ in range(4):
            dynamodb.put_item(TableName="claims", Item=expired)
    claim = {"pk": {"S": "claim"}, "owner": {"S": "second"}}
    with running_emulator(tmp_path) as second:
        dynamodb = client(second, "dynamodb")
        dynamodb.put_item(TableName="claims", Item=claim, ConditionExpression="attribute_not_exists(pk)")
        second.kill()
    with running_emulator(tmp_path) as third:
        assert all_items(client(third, "dynamodb"), "claims") == [claim]


def test_a_journal_that_grows_long_is_rewritten_while_others_write(tmp_path: Path) -> None:
    def write(dynamodb: Any, writer: int) -> None:
        for number in range(20):
            item = {"pk": {"S": str(writer)}, "n": {"N": str(number)}, "data": {"B": bytes(100_000)}}
            dynamodb.put_item(TableName="items", Item=item)

    with running_emulator(tmp_path) as first:
        dynamodb = client(first, "dynamodb")
        make_table(dynamodb, "items")
        with ThreadPoolExecutor(4) as writers:
            list(writers.map(write, [dynamodb] * 4, range(4)))
        first.kill()
    assert (tmp_path / JOURNAL).stat().st_size < 9_000_000  # 80 writes of 133 kB are 10.7 MB
    with running_emulator(tmp_path) as second:
        items = all_items(client(second, "dynamodb"), "items")
        assert {(item["pk"]["S"], item["n"]["N"]) for item in items} == {(str(writer), "19") for writer in range(4)}


def test_objects_survive_a_kill_with_all_that_belongs_to_them(tmp_path: Path) -> None:
    key = "a folder/ü+漢 %2F.jpg"
    with running_emulator(tmp_path) as first:
        s3 = client(first, "s3")
        s3.create_bucket(Bucket="images")
        put = s3.put_object(Bucket="images", Key=key, Body=b"bytes", ContentType="image/jpeg", Metadata={"a": "b"})
        first.kill()
    with running_emulator(tmp_path) as second:
        found = client(second, "s3").get_object(Bucket="images", Key=key)
        assert found["Body"].read() == b"bytes"
        assert (found["ETag"], found["ContentType"], found["Metadata"]) == (put["ETag"], "image/jpeg", {"a": "b"})
