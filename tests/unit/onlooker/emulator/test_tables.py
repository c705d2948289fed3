import json

from onlooker.emulator.commit import Write
from onlooker.emulator.tables import TableHistory

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/people"


def write(operation: str, region: str = "us-east-1", **parameters: str) -> Write:
    return Write(operation, "000000000000", region, json.dumps(parameters).encode())


def kept(*writes: Write) -> list[tuple[str, list[str]]]:
    history = TableHistory()
    for each in writes:
        history.add(each)
    return [(table, [entry.operation for entry in entries]) for _, table, entries in history]


def test_what_made_a_table_is_kept_and_its_items_are_not() -> None:
    assert kept(
        write("CreateTable", TableName="people"),
        write("PutItem", TableName="people"),
        write("TagResource", ResourceArn=ARN),
        write("UpdateTimeToLive", TableName=ARN),
    ) == [("people", ["CreateTable", "TagResource", "UpdateTimeToLive"])]


def test_a_deleted_table_is_forgotten_and_its_successor_begins_anew() -> None:
    assert kept(
        write("CreateTable", TableName="people"),
        write("UpdateTable", TableName="people"),
        write("DeleteTable", TableName="people"),
        write("CreateTable", TableName="people"),
        write("CreateTable", TableName="gone"),
        write("DeleteTable", TableName="gone"),
    ) == [("people", ["CreateTable"])]


def test_tables_of_one_name_in_two_regions_are_two() -> None:
    assert kept(
        write("CreateTable", TableName="people"),
        write("CreateTable", "eu-central-1", TableName="people"),
        write("DeleteTable", TableName="people"),
    ) == [("people", ["CreateTable"])]


def test_the_same_request_at_each_start_is_kept_once() -> None:
    request = write("UpdateTimeToLive", TableName="people")
    assert kept(write("CreateTable", TableName="people"), request, request) == [
        ("people", ["CreateTable", "UpdateTimeToLive"])
    ]
