"""Puts the routes about rules together, in the order in which their paths must be tried."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter

from onlooker_notifier.rules import book_routes, mute_routes, routes
from onlooker_notifier.rules.editing import Editing
from onlooker_notifier.rules.muting import Muting
from onlooker_notifier.rules.rulebook import Rulebook


def rule_routers(
    rulebook: Rulebook,
    known_channel: Callable[[str], Awaitable[bool]],
    muting: Muting,
) -> list[APIRouter]:
    """Return the routes about rules.

    Args:
        rulebook: the rules.
        known_channel: whether there is a channel of an id.
        muting: mutes them.
    """
    editing = Editing(rulebook, known_channel)
    return [
        book_routes.router(rulebook, editing),
        mute_routes.router(muting),
        routes.router(rulebook, editing),
    ]
