"""Makes, changes and deletes rules, each change on condition that it is of the rule that somebody looked at."""

import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from onlooker_notifier.rules.model import Rule, RuleDraft, draft_of, kept
from onlooker_notifier.rules.rulebook import MOST_RULES, Change, Rulebook
from onlooker_notifier.rules.targets import NamedChannel
from onlooker_shared.errors import ConflictError, PreconditionFailedError, UnprocessableError

LONGEST_SLUG = 40
"""Characters of a rule's name that its id keeps."""


class Editing:
    """Changes the rulebook.

    Args:
        rulebook: the rules.
        known_channel: whether there is a channel of an id.
    """

    def __init__(self, rulebook: Rulebook, known_channel: Callable[[str], Awaitable[bool]]) -> None:
        self._rulebook = rulebook
        self._known_channel = known_channel

    async def checked(self, drafts: Iterable[RuleDraft]) -> None:
        """See to it that there are the channels that rules tell by.

        Raises:
            UnprocessableError: there is no such channel.
        """
        named = {each.channel for draft in drafts for each in draft.all_channels if isinstance(each, NamedChannel)}
        for channel_id in sorted(named):
            if not await self._known_channel(channel_id):
                raise UnprocessableError(
                    f"There is no channel {channel_id}; GET /alerts/channels lists those that there are."
                )

    async def make(self, draft: RuleDraft) -> Rule:
        """Make a rule.

        Raises:
            ConflictError: there are too many already.
            UnprocessableError: it tells by a channel that there is not.
        """
        await self.checked([draft])
        if len(await self._rulebook.now()) >= MOST_RULES:
            raise ConflictError(f"There are {MOST_RULES} rules already; delete one, or have one ask for more.")
        rule = kept(draft, new_id(draft.name), version=1)
        await self._rulebook.apply([Change(rule.rule_id, rule, None)])
        return rule

    async def replace(self, rule_id: str, draft: RuleDraft, if_match: str | None) -> Rule:
        """Have a rule be otherwise; one that was made from settings is somebody's own from then on.

        Raises:
            NotFoundError: there is none.
            PreconditionFailedError: somebody changed it since.
        """
        known = await self._rulebook.get(rule_id)
        return await self._store(known, draft, if_match)

    async def change(self, rule_id: str, given: Mapping[str, Any], if_match: str | None) -> Rule:
        """Change what is given of a rule.

        Raises:
            pydantic.ValidationError: it would be no rule then.
            NotFoundError: there is none.
            PreconditionFailedError: somebody changed it since.
        """
        known = await self._rulebook.get(rule_id)
        return await self._store(known, RuleDraft.model_validate(_merged(known, given)), if_match)

    async def delete(self, rule_id: str, if_match: str | None) -> None:
        """Delete a rule; what waits for its next digest is not told.

        Raises:
            NotFoundError: there is none.
            PreconditionFailedError: somebody changed it since.
        """
        if if_match is None or if_match.strip() == "*":
            await self._rulebook.delete(rule_id, None)
        else:
            await self._rulebook.delete(rule_id, _version(if_match, await self._rulebook.get(rule_id)))

    async def _store(self, known: Rule, draft: RuleDraft, if_match: str | None) -> Rule:
        version = _version(if_match, known)
        await self.checked([draft])
        rule = kept(draft, known.rule_id, version=version + 1, muted_until=known.muted_until)
        await self._rulebook.apply([Change(known.rule_id, rule, version)])
        return rule


def new_id(name: str) -> str:
    """Return the id of a new rule: something of its name, and what no other has."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_SLUG].strip("-")
    return "-".join(part for part in (slug, secrets.token_hex(4)) if part)


def _merged(known: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    before = draft_of(known).model_dump(mode="json")
    merged = {**before, **given}
    if merged["when"] is not None and "events" not in given:
        del merged["events"]  # the condition says of what is told
    return merged


def _version(if_match: str | None, rule: Rule) -> int:
    """Return the version that a rule must still have when it is changed."""
    if if_match is not None and if_match.strip() not in {"*", f'"{rule.version}"'}:
        raise PreconditionFailedError(
            f'Somebody changed this rule since: the ETag is "{rule.version}" now. Look at it again, then decide.'
        )
    return rule.version
