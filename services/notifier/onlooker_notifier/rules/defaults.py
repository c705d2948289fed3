"""The rule that there is before anybody makes one, made from the settings."""

from collections.abc import Sequence

from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import Channel, EmailChannel, SnsChannel

DEFAULT_RULE = "picture-recognized"
"""The id of the rule that is made from the settings."""


def default_rule(*, email_to: Sequence[str], topic_arn: str | None, digest_interval: float) -> Rule:
    """Return the rule that there is before anybody makes one: a picture was recognized."""
    channels: list[Channel] = [EmailChannel(to=address) for address in email_to]
    if topic_arn is not None:
        channels.append(SnsChannel(topic_arn=topic_arn))
    return Rule(
        rule_id=DEFAULT_RULE,
        name="A picture was recognized",
        events=frozenset({"recognized"}),
        channels=tuple(channels),
        digest_interval=digest_interval,
        origin="settings",
    )


def to_store_at_start(stored: Sequence[Rule], default: Rule) -> Rule | None:
    """Return the default rule if it is to be stored: where no rule is, or its stored form comes from other settings.

    A rule that somebody made or changed is theirs.
    """
    if not stored:
        return default
    mine = next((rule for rule in stored if rule.rule_id == default.rule_id and rule.origin == "settings"), None)
    if mine is None:
        return None
    wanted = default.model_copy(update={"version": mine.version, "muted_until": mine.muted_until})
    return None if wanted == mine else wanted.model_copy(update={"version": mine.version + 1})
