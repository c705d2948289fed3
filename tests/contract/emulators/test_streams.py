"""Kinesis as face search in video will use it: records put, and read from the beginning."""

from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import answered, unique


@pytest.fixture
def stream(aws: Any) -> Iterator[str]:
    name = unique("stream")
    aws("kinesis").create_stream(StreamName=name, ShardCount=1)
    aws("kinesis").get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    yield name
    aws("kinesis").delete_stream(StreamName=name, EnforceConsumerDeletion=True)


def test_records_are_read_in_the_order_in_which_they_were_put(aws: Any, stream: str) -> None:
    kinesis = aws("kinesis")
    first = kinesis.put_record(StreamName=stream, Data=b'{"n": 0}', PartitionKey="camera")
    more = [{"Data": b'{"n": %d}' % n, "PartitionKey": "camera"} for n in (1, 2)]
    assert kinesis.put_records(StreamName=stream, Records=more)["FailedRecordCount"] == 0
    (shard,) = kinesis.list_shards(StreamName=stream)["Shards"]
    assert first["ShardId"] == shard["ShardId"]
    place = {"StreamName": stream, "ShardId": shard["ShardId"]}
    iterator = kinesis.get_shard_iterator(**place, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    answer = kinesis.get_records(ShardIterator=iterator)
    assert [record["Data"] for record in answer["Records"]] == [b'{"n": 0}', b'{"n": 1}', b'{"n": 2}']
    assert {record["PartitionKey"] for record in answer["Records"]} == {"camera"}
    numbers = [record["SequenceNumber"] for record in answer["Records"]]
    after = kinesis.get_shard_iterator(
        **place, ShardIteratorType="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]
    )["ShardIterator"]
    assert [record["SequenceNumber"] for record in kinesis.get_records(ShardIterator=after)["Records"]] == numbers[2:]
    assert kinesis.get_records(ShardIterator=answer["NextShardIterator"])["Records"] == []


def test_a_missing_stream_has_its_own_error(aws: Any) -> None:
    refused = answered(lambda: aws("kinesis").describe_stream_summary(StreamName="contract-none"))
    assert refused == "ResourceNotFoundException"
