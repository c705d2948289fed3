"""Puts the routes about rules together, in the order in which their paths must be tried."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter

from onlooker_notifier.rules import book_routes, mute_routes, routes
from onlooker_notifier.rules.editing import Editing
from onlooker_notifier.rules.muting import Muting
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.trials import routes as trial_routes
from onlooker_notifier.trials.album import Album
from onlooker_notifier.trials.trial import Terms


def rule_routers(
    rulebook: Rulebook,
    album: Album,
    terms: Terms,
    known_channel: Callable[[str], Awaitable[bool]],
    muting: Muting,
) -> list[APIRouter]:
    """Return the routes about rules.

    Args:
        rulebook: the rules.
        album: the newest pictures, on which rules are tried.
        terms: what holds for all messages.
        known_channel: whether there is a channel of an id.
        muting: mutes them.
    """
    editing = Editing(rulebook, known_channel)
    return [
        trial_routes.router(rulebook, album, terms),
        book_routes.router(rulebook, editing),
        mute_routes.router(muting),
        routes.router(rulebook, editing),
    ]
