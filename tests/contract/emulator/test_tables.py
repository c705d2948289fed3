"""DynamoDB as claims, access keys and people use it."""

import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import unique


@pytest.fixture
def table(aws: Any) -> str:
    name = unique("table")
    aws("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def test_a_condition_that_does_not_hold_is_told_with_the_item_that_is_there(aws: Any, table: str) -> None:
    put = {"TableName": table, "ConditionExpression": "attribute_not_exists(pk)"}
    item = {"pk": {"S": "claim"}, "owner": {"S": "first"}}
    aws("dynamodb").put_item(Item=item, **put)
    with pytest.raises(ClientError) as error:
        aws("dynamodb").put_item(Item={"pk": {"S": "claim"}}, ReturnValuesOnConditionCheckFailure="ALL_OLD", **put)
    assert error.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert error.value.response["Item"] == item


def test_a_cancelled_transaction_changes_nothing_and_says_why(aws: Any, table: str) -> None:
    with pytest.raises(ClientError) as error:
        aws("dynamodb").transact_write_items(
            TransactItems=[
                {"Put": {"TableName": table, "Item": {"pk": {"S": "a"}}}},
                {
                    "ConditionCheck": {
                        "TableName": table,
                        "Key": {"pk": {"S": "none"}},
                        "ConditionExpression": "attribute_exists(pk)",
                    }
                },
            ]
        )
    reasons = [reason["Code"] for reason in error.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert "Item" not in aws("dynamodb").get_item(TableName=table, Key={"pk": {"S": "a"}})


def test_an_expired_item_can_still_be_read_and_taken_over(aws: Any, table: str) -> None:
    dynamodb, now = aws("dynamodb"), int(time.time())
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "claim"}, "expires": {"N": str(now - 1)}})
    assert "Item" in dynamodb.get_item(TableName=table, Key={"pk": {"S": "claim"}})
    dynamodb.put_item(
        TableName=table,
        Item={"pk": {"S": "claim"}, "expires": {"N": str(now + 60)}},
        ConditionExpression="expires < :now",
        ExpressionAttributeValues={":now": {"N": str(now)}},
    )


def test_what_could_not_be_made_to_last_is_not_offered(aws: Any, table: str) -> None:
    with pytest.raises(ClientError, match="could not be made to last"):
        aws("dynamodb").create_backup(TableName=table, BackupName="backup")


def test_only_the_removing_thread_asks_for_the_times_to_live_of_all_tables() -> None:
    """The adjustment `keep_expired_items` rests on this; it acts a minute after the start, too late for a test."""
    module = find_spec("ministack.services.dynamodb")
    assert module is not None
    assert module.origin is not None
    source = Path(module.origin).read_text()
    reaper = source[source.index("def _ttl_reaper") :].partition("\nthreading.Thread")[0]
    assert reaper.count("_ttl_settings.all_items()") == source.count("_ttl_settings.all_items()") == 1
