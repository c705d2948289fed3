"""Topics, and the subscriptions of queues to them: raw delivery, filtered by message type."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from onlooker_shared.provision.names import Names
from onlooker_shared.provision.queues import drift
from onlooker_shared.provision.report import Report
from onlooker_shared.topology import Subscription

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient


class Topics:
    """Ensures topics and subscriptions."""

    def __init__(self, sns: "SNSClient", names: Names, report: Report) -> None:
        self._sns = sns
        self._names = names
        self._report = report

    async def ensure(self, topic: str) -> None:
        """Have a topic."""
        try:
            await self._sns.get_topic_attributes(TopicArn=self._names.topic(topic))
        except self._sns.exceptions.NotFoundException:
            await self._sns.create_topic(Name=topic)
            self._report.created.append(f"topic {topic}")

    async def subscribe(self, topic: str, subscriptions: Sequence[Subscription]) -> None:
        """Have a topic's declared subscriptions, and report the others."""
        found = await self._found(topic)
        for subscription in subscriptions:
            if subscription.topic == topic:
                await self._subscribe(subscription, found.pop(self._names.queue(subscription.queue), None))
        self._report.leftovers.extend(f"subscription of {endpoint} to {topic}" for endpoint in found)

    async def _found(self, topic: str) -> dict[str, str]:
        """Return the ARNs of a topic's subscriptions by the endpoint that each sends to."""
        found: dict[str, str] = {}
        pages = self._sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=self._names.topic(topic))
        async for page in pages:
            for each in page.get("Subscriptions", []):
                found[each["Endpoint"]] = each["SubscriptionArn"]
        return found

    async def _subscribe(self, subscription: Subscription, arn: str | None) -> None:
        wanted = {
            "RawMessageDelivery": "true",
            "FilterPolicyScope": "MessageAttributes",
            "FilterPolicy": json.dumps({"type": list(subscription.types)}),
        }
        name = f"subscription of {subscription.queue} to {subscription.topic}"
        if arn is None:
            await self._sns.subscribe(
                TopicArn=self._names.topic(subscription.topic),
                Protocol="sqs",
                Endpoint=self._names.queue(subscription.queue),
                Attributes=wanted,
                ReturnSubscriptionArn=True,
            )
            self._report.created.append(name)
            return
        answer = await self._sns.get_subscription_attributes(SubscriptionArn=arn)
        drifted = drift(wanted, answer.get("Attributes", {}))
        for attribute, value in drifted.items():
            await self._sns.set_subscription_attributes(
                SubscriptionArn=arn, AttributeName=attribute, AttributeValue=value
            )
        if drifted:
            self._report.repaired.append(f"{name}: {', '.join(drifted)}")
