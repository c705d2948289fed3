"""Provisioning against the emulator: everything is there, again changes nothing, what drifted is set right."""

import asyncio
import json
import uuid
from dataclasses import replace

import pytest

from installation import installation
from onlooker_shared.aws import Aws
from onlooker_shared.errors import ConfigurationError
from onlooker_shared.provision import provision
from onlooker_shared.provision.names import Names
from onlooker_shared.topology import Table, Topology, topology


def own_topology() -> Topology:
    return topology(f"p{uuid.uuid4().hex[:12]}-")


@pytest.fixture(scope="module")
async def provisioned(aws: Aws) -> Topology:
    """A provisioned topology. Each test that breaks it has it repaired, which is what the tests are about."""
    declared = own_topology()
    await provision(aws, declared)
    return declared


async def test_everything_declared_is_created_and_a_second_run_changes_nothing(aws: Aws) -> None:
    declared = own_topology()
    first = await provision(aws, declared)
    assert {line.split()[0] for line in first.created} == {"bucket", "queue", "table", "topic", "subscription"}
    assert len(first.created) == 4 + 10 + len(declared.tables) + 2 + len(declared.subscriptions)
    assert first.repaired == ()
    second = await provision(aws, declared)
    assert not second.changed
    assert second.leftovers == ()


async def test_what_comes_and_goes_in_the_bucket_reaches_the_queue_that_it_notifies(
    aws: Aws, provisioned: Topology
) -> None:
    s3, sqs = await aws.client("s3"), await aws.client("sqs")
    await s3.put_object(Bucket=provisioned.images.name, Key="a.jpg", Body=b"x")
    await s3.delete_object(Bucket=provisioned.images.name, Key="a.jpg")
    url = await aws.queue_url(provisioned.recognizer_images.name)
    told: list[tuple[str, str]] = []
    while len(told) < 2:
        answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5, MaxNumberOfMessages=10)
        events = [json.loads(message["Body"]) for message in answer["Messages"]]
        records = [record for event in events for record in event.get("Records", [])]
        told += [(record["eventName"], record["s3"]["object"]["key"]) for record in records]
    assert told == [("ObjectCreated:Put", "a.jpg"), ("ObjectRemoved:Delete", "a.jpg")]


async def test_a_bucket_that_told_of_uploads_only_is_made_to_tell_of_deletions_too(
    aws: Aws, provisioned: Topology
) -> None:
    s3, names = await aws.client("s3"), await Names.of(aws)
    ours = {
        "Id": "onlooker",
        "QueueArn": names.queue(provisioned.recognizer_images.name),
        "Events": ["s3:ObjectCreated:*"],
    }
    await s3.put_bucket_notification_configuration(
        Bucket=provisioned.images.name, NotificationConfiguration={"QueueConfigurations": [ours]}
    )
    await provision(aws, provisioned)
    found = await s3.get_bucket_notification_configuration(Bucket=provisioned.images.name)
    (entry,) = (each for each in found["QueueConfigurations"] if each["Id"] == "onlooker")
    assert set(entry["Events"]) == {"s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"}


async def test_a_message_reaches_only_the_queues_that_take_its_type(aws: Aws, provisioned: Topology) -> None:
    sns, sqs = await aws.client("sns"), await aws.client("sqs")
    await sns.publish(
        TopicArn=await aws.topic_arn(provisioned.image_recognized),
        Message="as it was sent",
        MessageAttributes={"type": {"DataType": "String", "StringValue": "image.failed.v1"}},
    )
    takers = {each.queue for each in provisioned.subscriptions if "image.failed.v1" in each.types}
    assert provisioned.tagger.name in takers
    assert provisioned.annotator.name not in takers
    of_buckets = {bucket.notifies for bucket in provisioned.buckets}
    for queue in (each.name for each in provisioned.queues if each.name not in of_buckets):
        url = await aws.queue_url(queue)
        answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5 if queue in takers else 0)
        bodies = [message["Body"] for message in answer.get("Messages", [])]
        assert bodies == (["as it was sent"] if queue in takers else []), queue


async def test_buckets_are_private_and_browsers_may_post_to_the_images(aws: Aws, provisioned: Topology) -> None:
    s3 = await aws.client("s3")
    for bucket in provisioned.buckets:
        blocked = await s3.get_public_access_block(Bucket=bucket.name)
        assert set(blocked["PublicAccessBlockConfiguration"].values()) == {True}
    cors = await s3.get_bucket_cors(Bucket=provisioned.images.name)
    assert cors["CORSRules"][0]["AllowedMethods"] == ["POST"]
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchCORSConfiguration"):
        await s3.get_bucket_cors(Bucket=provisioned.results.name)


async def test_only_the_declared_sources_may_send_to_a_queue(aws: Aws, provisioned: Topology) -> None:
    sqs = await aws.client("sqs")
    names = await Names.of(aws)
    allowed = {}
    for queue in provisioned.queues:
        url = await aws.queue_url(queue.name)
        answer = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
        statements = json.loads(answer["Attributes"]["Policy"])["Statement"]
        allowed[queue.name] = {
            statement["Principal"]["Service"]: statement["Condition"]["ArnEquals"]["aws:SourceArn"]
            for statement in statements
        }
    topics = sorted([names.topic(provisioned.image_recognized), names.topic(provisioned.image_annotated)])
    assert allowed[provisioned.recognizer_images.name] == {"s3.amazonaws.com": [names.bucket(provisioned.images.name)]}
    assert allowed[provisioned.annotator.name] == {"sns.amazonaws.com": [names.topic(provisioned.image_recognized)]}
    assert allowed[provisioned.tagger.name] == {"sns.amazonaws.com": topics}


async def test_a_queue_that_drifted_is_set_right(aws: Aws, provisioned: Topology) -> None:
    sqs = await aws.client("sqs")
    url = await aws.queue_url(provisioned.tagger.name)
    await sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1", "RedrivePolicy": ""})
    report = await provision(aws, provisioned)
    assert report.repaired == (f"queue {provisioned.tagger.name}: VisibilityTimeout, RedrivePolicy",)
    found = (await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]))["Attributes"]
    assert found["VisibilityTimeout"] == str(provisioned.tagger.visibility_timeout)
    assert json.loads(found["RedrivePolicy"])["deadLetterTargetArn"].endswith(provisioned.tagger.dead_letter)


async def test_a_lost_subscription_and_a_changed_filter_are_set_right(aws: Aws, provisioned: Topology) -> None:
    sns = await aws.client("sns")
    topic = provisioned.image_recognized
    found = await sns.list_subscriptions_by_topic(TopicArn=await aws.topic_arn(topic))
    arns = {each["Endpoint"].rpartition(":")[2]: each["SubscriptionArn"] for each in found["Subscriptions"]}
    await sns.unsubscribe(SubscriptionArn=arns[provisioned.annotator.name])
    await sns.set_subscription_attributes(
        SubscriptionArn=arns[provisioned.tagger.name], AttributeName="FilterPolicy", AttributeValue='{"type":["other"]}'
    )
    report = await provision(aws, provisioned)
    assert report.created == (f"subscription of {provisioned.annotator.name} to {topic}",)
    assert report.repaired == (f"subscription of {provisioned.tagger.name} to {topic}: FilterPolicy",)
    assert not (await provision(aws, provisioned)).changed


async def test_a_lost_notification_is_set_right_and_those_of_others_stay(aws: Aws, provisioned: Topology) -> None:
    s3 = await aws.client("s3")
    names = await Names.of(aws)
    theirs = {
        "Id": "theirs",
        "QueueArn": names.queue(provisioned.tagger.name),
        "Events": ["s3:ObjectTagging:*"],
    }
    await s3.put_bucket_notification_configuration(
        Bucket=provisioned.images.name, NotificationConfiguration={"QueueConfigurations": [theirs]}
    )
    report = await provision(aws, provisioned)
    assert report.repaired == (f"bucket {provisioned.images.name}: NotificationConfiguration",)
    found = await s3.get_bucket_notification_configuration(Bucket=provisioned.images.name)
    assert {each["Id"] for each in found["QueueConfigurations"]} == {"theirs", "onlooker"}


async def test_a_bucket_that_became_public_is_private_again(aws: Aws, provisioned: Topology) -> None:
    s3 = await aws.client("s3")
    await s3.delete_public_access_block(Bucket=provisioned.annotated.name)
    report = await provision(aws, provisioned)
    assert report.repaired == (f"bucket {provisioned.annotated.name}: PublicAccessBlockConfiguration",)


async def test_lifecycle_rules_of_others_stay(aws: Aws, provisioned: Topology) -> None:
    s3 = await aws.client("s3")
    await s3.put_bucket_lifecycle_configuration(
        Bucket=provisioned.images.name,
        LifecycleConfiguration={
            "Rules": [{"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 9}}]
        },
    )
    await provision(aws, provisioned)
    found = await s3.get_bucket_lifecycle_configuration(Bucket=provisioned.images.name)
    assert {rule["ID"] for rule in found["Rules"]} == {"theirs", "onlooker"}


async def test_expiry_that_was_turned_off_is_turned_on(aws: Aws, provisioned: Topology) -> None:
    dynamodb = await aws.client("dynamodb")
    name = provisioned.claims.name
    await dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires_at"}
    )
    assert (await provision(aws, provisioned)).repaired == (f"table {name}: TimeToLive",)


async def test_a_table_with_another_key_is_an_error_that_names_both(aws: Aws, provisioned: Topology) -> None:
    other = replace(provisioned, claims=Table(provisioned.claims.name, hash_key="something_else"))
    with pytest.raises(ConfigurationError, match=r"claim_id \(HASH\).*something_else \(HASH\)"):
        await provision(aws, other)


async def test_a_subscription_that_is_declared_no_more_is_reported_and_left(aws: Aws, provisioned: Topology) -> None:
    fewer = replace(
        provisioned, subscriptions=[each for each in provisioned.subscriptions if each.queue != provisioned.tagger.name]
    )
    report = await provision(aws, fewer)
    assert [line.rpartition(" to ")[2] for line in report.leftovers] == [
        provisioned.image_annotated,
        provisioned.image_recognized,
    ]
    assert (await provision(aws, provisioned)).created == ()


async def test_two_at_once_do_not_disturb_each_other(aws: Aws) -> None:
    declared = own_topology()
    await asyncio.gather(provision(aws, declared), provision(aws, declared))
    assert not (await provision(aws, declared)).changed


async def test_the_copies_that_other_tests_have_are_as_provisioned(aws: Aws) -> None:
    for _ in range(2):  # the first may be what the others are made of
        async with installation(aws) as copy:
            assert not (await provision(aws, copy.topology)).changed
