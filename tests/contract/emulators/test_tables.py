"""DynamoDB as claims, access keys, sessions, rules and digests use it."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import answered, unique

Item = dict[str, dict[str, Any]]


@pytest.fixture
def table(aws: Any) -> str:
    name = unique("table")
    aws("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    aws("dynamodb").get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    return name


def key(sk: str, pk: str = "p") -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def test_an_item_comes_back_as_it_was(aws: Any, table: str) -> None:
    item = key("1") | {"n": {"N": "1.5"}, "s": {"S": ""}, "set": {"SS": ["a", "b"]}, "b": {"B": b"\x00\xff"}}
    aws("dynamodb").put_item(TableName=table, Item=item)
    found = aws("dynamodb").get_item(TableName=table, Key=key("1"), ConsistentRead=True)["Item"]
    assert found | {"set": {"SS": sorted(found["set"]["SS"])}} == item
    aws("dynamodb").delete_item(TableName=table, Key=key("1"))
    assert "Item" not in aws("dynamodb").get_item(TableName=table, Key=key("1"))


def test_a_condition_that_does_not_hold_is_told_with_the_item_that_is_there(aws: Any, table: str) -> None:
    put = {"TableName": table, "ConditionExpression": "attribute_not_exists(pk)"}
    item = key("claim") | {"owner": {"S": "first"}}
    aws("dynamodb").put_item(Item=item, **put)
    with pytest.raises(aws("dynamodb").exceptions.ConditionalCheckFailedException) as error:
        aws("dynamodb").put_item(Item=key("claim"), ReturnValuesOnConditionCheckFailure="ALL_OLD", **put)
    assert error.value.response["Item"] == item


def test_an_update_happens_on_its_condition(aws: Any, table: str) -> None:
    def begin(old: str, new: str) -> str | None:
        return answered(
            lambda: aws("dynamodb").update_item(
                TableName=table,
                Key=key("digest"),
                UpdateExpression="SET #number = :new REMOVE notices",
                ConditionExpression="attribute_not_exists(notices) AND (attribute_not_exists(pk) OR #number = :old)",
                ExpressionAttributeNames={"#number": "number"},
                ExpressionAttributeValues={":old": {"N": old}, ":new": {"N": new}},
            )
        )

    assert begin("0", "1") is None
    assert begin("0", "2") == "ConditionalCheckFailedException"
    assert begin("1", "2") is None


def test_a_cancelled_transaction_changes_nothing_and_says_why(aws: Any, table: str) -> None:
    check = {"TableName": table, "Key": key("none"), "ConditionExpression": "attribute_exists(pk)"}
    with pytest.raises(ClientError) as error:
        aws("dynamodb").transact_write_items(
            TransactItems=[{"Put": {"TableName": table, "Item": key("a")}}, {"ConditionCheck": check}]
        )
    assert error.value.response["Error"]["Code"] == "TransactionCanceledException"
    reasons = [reason["Code"] for reason in error.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert "Item" not in aws("dynamodb").get_item(TableName=table, Key=key("a"))


def test_an_expired_item_can_still_be_read_and_taken_over(aws: Any, table: str, answers: Any) -> None:
    dynamodb, now = aws("dynamodb"), int(time.time())
    expiry = {"TableName": table, "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires"}}
    dynamodb.update_time_to_live(**expiry)
    told = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert told == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert (answered(lambda: dynamodb.update_time_to_live(**expiry)) is None) == answers.expiry_set_twice
    dynamodb.put_item(TableName=table, Item=key("claim") | {"expires": {"N": str(now - 1)}})
    assert "Item" in dynamodb.get_item(TableName=table, Key=key("claim"))
    dynamodb.put_item(
        TableName=table,
        Item=key("claim") | {"expires": {"N": str(now + 60)}},
        ConditionExpression="expires < :now",
        ExpressionAttributeValues={":now": {"N": str(now)}},
    )


def test_batches_tell_what_they_left_undone_and_take_no_more_than_amazons(aws: Any, table: str) -> None:
    dynamodb = aws("dynamodb")

    def write(count: int) -> Any:
        puts = [{"PutRequest": {"Item": key(f"{n:02}")}} for n in range(count)]
        return dynamodb.batch_write_item(RequestItems={table: puts})

    def get(*keys: str) -> Any:
        wanted = {"Keys": [key(each) for each in keys], "ProjectionExpression": "sk"}
        return dynamodb.batch_get_item(RequestItems={table: wanted})

    assert write(25)["UnprocessedItems"] == {}
    assert answered(lambda: write(26)) == "ValidationException"
    found = get(*(f"{n:02}" for n in range(20, 30)))
    assert sorted(item["sk"]["S"] for item in found["Responses"][table]) == [str(n) for n in range(20, 25)]
    assert found["UnprocessedKeys"] == {}
    assert answered(lambda: get("01", "01")) == "ValidationException"
    assert answered(lambda: get(*map(str, range(101)))) == "ValidationException"


def test_queries_and_scans_go_on_where_a_page_ended(aws: Any, table: str) -> None:
    dynamodb = aws("dynamodb")
    for n in range(7):
        dynamodb.put_item(TableName=table, Item=key(f"{n}"))
    query = {
        "TableName": table,
        "KeyConditionExpression": "pk = :p AND sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": {":p": {"S": "p"}, ":first": {"S": "1"}, ":last": {"S": "5"}},
        "ConsistentRead": True,
    }
    pages = dynamodb.get_paginator("query").paginate(**query, PaginationConfig={"PageSize": 2})
    assert [[item["sk"]["S"] for item in page["Items"]] for page in pages] == [["1", "2"], ["3", "4"], ["5"]]
    back = dynamodb.query(**query, ScanIndexForward=False, Limit=2, ExclusiveStartKey=key("4x"))
    assert [item["sk"]["S"] for item in back["Items"]] == ["4", "3"]
    assert back["LastEvaluatedKey"] == key("3")
    scanned = dynamodb.get_paginator("scan").paginate(TableName=table, PaginationConfig={"PageSize": 3})
    assert sorted(item["sk"]["S"] for page in scanned for item in page["Items"]) == [f"{n}" for n in range(7)]


def test_errors_have_amazons_codes(aws: Any, table: str) -> None:
    dynamodb = aws("dynamodb")
    assert answered(lambda: dynamodb.describe_table(TableName="contract-none")) == "ResourceNotFoundException"
    assert answered(lambda: dynamodb.get_item(TableName="contract-none", Key=key("1"))) == "ResourceNotFoundException"
    schema = [{"AttributeName": "pk", "KeyType": "HASH"}]
    again = answered(
        lambda: dynamodb.create_table(
            TableName=table,
            KeySchema=schema,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    )
    assert again == "ResourceInUseException"
    large = key("large") | {"x": {"S": "x" * 410_000}}
    assert answered(lambda: dynamodb.put_item(TableName=table, Item=large)) == "ValidationException"


def test_an_item_goes_only_together_with_what_must_stay(aws: Any, table: str) -> None:
    """As the last admin key but one is revoked: while the other one is there."""

    def delete(doomed: str, witness: str) -> list[str] | None:
        there = {"TableName": table, "ConditionExpression": "attribute_exists(pk)"}
        steps = [{"Delete": {**there, "Key": key(doomed)}}, {"ConditionCheck": {**there, "Key": key(witness)}}]
        try:
            aws("dynamodb").transact_write_items(TransactItems=steps)
        except aws("dynamodb").exceptions.TransactionCanceledException as error:
            return [reason["Code"] for reason in error.response["CancellationReasons"]]
        return None

    for sk in ("first", "second"):
        aws("dynamodb").put_item(TableName=table, Item=key(sk))
    assert delete("first", "nobody") == ["None", "ConditionalCheckFailed"]
    assert delete("first", "second") is None
    assert delete("first", "second") == ["ConditionalCheckFailed", "None"]
    assert delete("second", "first") == ["None", "ConditionalCheckFailed"]
    left = aws("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    assert left == [key("second")]


def test_a_set_grows_to_its_limit_and_is_gone_when_it_is_empty(aws: Any, table: str) -> None:
    """As the faces of a person."""

    def update(expression: str, *faces: str, condition: str = "attribute_exists(pk)", **values: Any) -> str | None:
        return answered(
            lambda: aws("dynamodb").update_item(
                TableName=table,
                Key=key("person"),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#version": "version"},
                ExpressionAttributeValues={":faces": {"SS": [*faces]}, ":one": {"N": "1"}, **values},
            )
        )

    def person() -> Item:
        found: Item = aws("dynamodb").get_item(TableName=table, Key=key("person"), ConsistentRead=True)["Item"]
        return found

    gain = "SET cover = if_not_exists(cover, :cover) ADD face_ids :faces, #version :one"
    room = "attribute_exists(pk) AND (attribute_not_exists(face_ids) OR size(face_ids) < :most)"
    lose = "REMOVE cover DELETE face_ids :faces ADD #version :one"
    most = {":most": {"N": "2"}}
    assert update(gain, "a", condition=room, **most, **{":cover": {"S": "a"}}) == "ConditionalCheckFailedException"
    aws("dynamodb").put_item(TableName=table, Item=key("person"))
    assert [update(gain, face, condition=room, **most, **{":cover": {"S": face}}) for face in ("a", "b", "c")] == [
        None,
        None,
        "ConditionalCheckFailedException",
    ]
    assert (sorted(person()["face_ids"]["SS"]), person()["cover"]["S"]) == (["a", "b"], "a")
    assert update(lose, "a", "c") is None
    assert (person()["face_ids"]["SS"], "cover" in person()) == (["b"], False)
    assert update(lose, "b", condition="size(face_ids) = :one") is None
    assert "face_ids" not in person()


def test_a_count_and_what_is_counted_change_together(aws: Any, table: str) -> None:
    """As the sightings of a person: the last one moves on only if it is not further on already."""

    def see(time: str) -> list[str] | None:
        add = {
            "TableName": table,
            "Key": key("person"),
            "UpdateExpression": "SET last_seen = :time ADD sightings :more, tally :one",
            "ConditionExpression": "attribute_exists(pk) AND (attribute_not_exists(last_seen) OR last_seen <= :time)",
            "ExpressionAttributeValues": {":time": {"S": time}, ":more": {"N": "1"}, ":one": {"N": "1"}},
        }
        new = {"TableName": table, "Item": key(f"seen {time}"), "ConditionExpression": "attribute_not_exists(pk)"}
        try:
            aws("dynamodb").transact_write_items(TransactItems=[{"Put": new}, {"Update": add}])
        except aws("dynamodb").exceptions.TransactionCanceledException as error:
            return [reason["Code"] for reason in error.response["CancellationReasons"]]
        return None

    assert see("1") == ["None", "ConditionalCheckFailed"]  # nobody is there
    aws("dynamodb").put_item(TableName=table, Item=key("person") | {"sightings": {"N": "0"}})
    assert [see("1"), see("2"), see("1")] == [None, None, ["ConditionalCheckFailed", "ConditionalCheckFailed"]]
    person = aws("dynamodb").get_item(TableName=table, Key=key("person"), ConsistentRead=True)["Item"]
    assert (person["sightings"], person["tally"], person["last_seen"]) == ({"N": "2"}, {"N": "2"}, {"S": "2"})
    counted = aws("dynamodb").update_item(
        TableName=table,
        Key=key("person"),
        UpdateExpression="REMOVE last_seen ADD sightings :less",
        ConditionExpression="tally = :tally",
        ExpressionAttributeValues={":less": {"N": "-2"}, ":tally": {"N": "2"}},
        ReturnValues="UPDATED_NEW",
    )
    assert counted["Attributes"] == {"sightings": {"N": "0"}}


def test_the_same_transaction_is_not_done_twice(aws: Any, table: str) -> None:
    """As a client repeats one whose answer it never had."""
    steps = [
        {
            "Update": {
                "TableName": table,
                "Key": key("counter"),
                "UpdateExpression": "ADD n :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        },
        {"Put": {"TableName": table, "Item": key("new"), "ConditionExpression": "attribute_not_exists(pk)"}},
    ]
    token = unique("token")[:36]
    for _ in range(2):
        aws("dynamodb").transact_write_items(TransactItems=steps, ClientRequestToken=token)
    assert aws("dynamodb").get_item(TableName=table, Key=key("counter"), ConsistentRead=True)["Item"]["n"] == {"N": "1"}
