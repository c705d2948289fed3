"""The topology holds together."""

from onlooker_shared.messages import MESSAGE_TYPES
from onlooker_shared.topology import topology

DECLARED = topology("x-")


def test_every_name_is_prefixed_and_used_once() -> None:
    names = [
        *(bucket.name for bucket in DECLARED.buckets),
        *(name for queue in DECLARED.queues for name in (queue.name, queue.dead_letter)),
        *DECLARED.topics,
        *(table.name for table in DECLARED.tables),
    ]
    assert len(set(names)) == len(names)
    assert all(name.startswith("x-") for name in names)


def test_subscriptions_and_notifications_lead_to_queues_that_exist() -> None:
    queues = {queue.name for queue in DECLARED.queues}
    assert {each.queue for each in DECLARED.subscriptions} <= queues
    assert {each.topic for each in DECLARED.subscriptions} <= set(DECLARED.topics)
    assert {bucket.notifies for bucket in DECLARED.buckets} - {None} <= queues
    pairs = [(each.topic, each.queue) for each in DECLARED.subscriptions]
    assert len(set(pairs)) == len(pairs), "SNS takes one subscription of a queue to a topic"


def test_every_message_is_heard_and_every_heard_message_exists() -> None:
    heard = {kind for each in DECLARED.subscriptions for kind in each.types}
    assert heard == {message.model_fields["type"].default for message in MESSAGE_TYPES}


def test_every_queue_is_fed() -> None:
    fed = {each.queue for each in DECLARED.subscriptions} | {bucket.notifies for bucket in DECLARED.buckets}
    assert {queue.name for queue in DECLARED.queues} <= fed
