"""Rules and channels by their ids or their names, whichever somebody gives."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from onlooker.client import OnlookerClient
from onlooker_shared.errors import ConfigurationError, NotFoundError

Rule = Annotated[str, typer.Argument(metavar="RULE", help="A rule's id, or its name.", show_default=False)]
Channel = Annotated[str, typer.Argument(metavar="CHANNEL", help="A channel's id, or its name.", show_default=False)]


async def rule_named(client: OnlookerClient, name: str) -> str:
    """Return a rule's id; raises as `_named`."""
    return _named(await client.rules(), name, "rule")


async def channel_named(client: OnlookerClient, name: str) -> str:
    """Return a channel's id; raises as `_named`."""
    return _named(await client.channels(), name, "channel")


def _named(listed: Sequence[dict[str, Any]], name: str, kind: str) -> str:
    """Return the id of what is called so, or has this id.

    Raises:
        NotFoundError: nothing is.
        ConfigurationError: more than one is.
    """
    ids = [str(each[f"{kind}_id"]) for each in listed]
    if name in ids:
        return name
    found = [each for each, it in zip(ids, listed, strict=True) if it["name"].casefold() == name.casefold()]
    if not found:
        raise NotFoundError(f"No {kind} is called '{name}', or has this id; `onlooker alerts {kind}s` lists them.")
    if len(found) > 1:
        raise ConfigurationError(f"{len(found)} {kind}s are called '{name}'. Name one by its id: {', '.join(found)}.")
    return found[0]
