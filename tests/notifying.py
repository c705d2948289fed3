"""The notifier's parts over the emulator's SES, SNS and DynamoDB, with a clock that tests move."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx

from emulator import Emulator
from installation import Installation
from onlooker_notifier.channels.fuses import Fuses
from onlooker_notifier.channels.message import Sends
from onlooker_notifier.channels.senders.ses import Ses
from onlooker_notifier.channels.senders.sns import Sns
from onlooker_notifier.channels.sending import Channels
from onlooker_notifier.channels.store import ChannelStore
from onlooker_notifier.deciding.cooldowns import Cooldowns
from onlooker_notifier.deciding.deciding import Deciding
from onlooker_notifier.deciding.decisions import Decided
from onlooker_notifier.delivering.catching_up import CatchingUp, RuleOf
from onlooker_notifier.delivering.deliveries import Deliveries
from onlooker_notifier.delivering.delivering import Delivering
from onlooker_notifier.delivering.waiting import Waiting
from onlooker_notifier.digests.digests import Digests
from onlooker_notifier.digests.store import DigestStore
from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.escalating.store import EscalationStore
from onlooker_notifier.gathering.gathering import Gathering
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Change, Rulebook
from onlooker_notifier.secrets.sealing import NoKey
from onlooker_shared.claims import Claims

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_ses import SESClient
    from types_aiobotocore_sns import SNSClient

SENDER = "onlooker@example.com"


class Clock:
    """Epoch seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Mailbox:
    """The mails that SES took for one address, which no other test has."""

    emulator: Emulator
    address: str

    async def mails(self) -> list[dict[str, Any]]:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.emulator.url}/_ministack/ses/messages")
        sent = [mail for account in answer.json()["messages"].values() for mail in account]
        return [mail for mail in sent if self.address in mail["To"]]


@dataclass(frozen=True)
class Instance:
    """What of an instance tells what was gathered."""

    digests: Digests
    catching_up: CatchingUp

    async def flush(self, rule: Rule) -> float | None:
        return await self.digests.flush(rule)

    async def forget(self, rule_id: str) -> float | None:
        return await self.digests.forget(rule_id)

    async def catch_up(self, rule_of: RuleOf | None = None) -> float | None:
        return await self.catching_up.catch_up(rule_of)


@dataclass
class Parts:
    """What an instance of the notifier is made of, around the digests."""

    dynamodb: "DynamoDBClient"
    ses: "SESClient"
    sns: "SNSClient"
    gathering: Gathering
    digests: DigestStore
    cooldowns: Cooldowns
    decided: Decided
    claims: Claims
    deliveries: Deliveries
    waiting: Waiting
    store: ChannelStore
    expected: EscalationStore
    rulebook: Rulebook
    rules: str
    """The table of rules."""
    notices: str
    """The table of notices."""
    clock: Clock

    async def keep(self, rule: Rule) -> None:
        """Store a rule in place of the one with its id, whatever that is."""
        await self.dynamodb.delete_item(TableName=self.rules, Key={"rule_id": {"S": rule.rule_id}})
        await self.rulebook.apply([Change(rule.rule_id, rule, None)])

    def instance(self, *, limit: int = 1000, **senders: Sends[Any]) -> "Instance":
        """One instance, sharing its tables with the others.

        Args:
            limit: pictures in one message.
            senders: kinds of channels in place of the usual ones, by type.
        """
        delivering = self.delivering(**senders)
        digests = Digests(
            store=self.digests,
            delivering=delivering,
            escalations=self.escalations(**senders),
            decided=self.decided,
            limit=limit,
            zone=ZoneInfo("Europe/Berlin"),
            clock=self.clock,
        )
        return Instance(digests, CatchingUp(waiting=self.waiting, delivering=delivering, clock=self.clock))

    def deciding(self) -> Deciding:
        """The part of an instance that decides."""
        return Deciding(self.gathering, self.cooldowns, clock=self.clock)

    def escalations(self, **senders: Sends[Any]) -> Escalations:
        """The part of an instance that escalates."""
        return Escalations(
            store=self.expected,
            rulebook=self.rulebook,
            delivering=self.delivering(**senders),
            decided=self.decided,
            zone=ZoneInfo("UTC"),
            clock=self.clock,
        )

    def delivering(self, **senders: Sends[Any]) -> Delivering:
        """The part of an instance that sends."""
        usual: dict[str, Sends[Any]] = {"email": Ses(self.ses, None, sender=SENDER), "sns": Sns(self.sns)}
        return Delivering(
            claims=self.claims,
            channels=Channels(self.store, NoKey(), usual | senders),
            fuses=Fuses(self.store, self.clock),
            waiting=self.waiting,
            deliveries=self.deliveries,
            linking=None,
            picture_url=None,
            zone=ZoneInfo("UTC"),
            clock=self.clock,
        )


async def parts_of(here: Installation, clock: Clock) -> Parts:
    """What instances over an installation are made of."""
    dynamodb = await here.aws.client("dynamodb")
    return Parts(
        dynamodb=dynamodb,
        ses=await here.aws.client("ses"),
        sns=await here.aws.client("sns"),
        gathering=Gathering(dynamodb, here.topology.alert_notices.name, clock=clock),
        digests=DigestStore(dynamodb, here.topology.alert_notices.name, clock=clock),
        cooldowns=Cooldowns(dynamodb, here.topology.alert_notices.name),
        decided=Decided(dynamodb, here.topology.alert_notices.name),
        claims=Claims(dynamodb, here.topology.claims.name, clock=clock),
        deliveries=Deliveries(dynamodb, here.topology.alert_deliveries.name),
        waiting=Waiting(dynamodb, here.topology.alert_notices.name),
        store=ChannelStore(dynamodb, here.topology.alert_channels.name),
        expected=EscalationStore(dynamodb, here.topology.alert_notices.name, timedelta(days=90)),
        rulebook=Rulebook(dynamodb, here.topology.alert_rules.name, monotonic=clock),
        rules=here.topology.alert_rules.name,
        notices=here.topology.alert_notices.name,
        clock=clock,
    )
