"""Puts the routes about rules together, in the order in which their paths must be tried."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import APIRouter

from onlooker_notifier.rules import book_routes, mute_routes, routes, trial_routes
from onlooker_notifier.rules.editing import Editing
from onlooker_notifier.rules.muting import Muting
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.rules.trial import Album
from onlooker_shared.results import Results

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


def rule_routers(
    rulebook: Rulebook,
    s3: "S3Client",
    results: Results,
    known_channel: Callable[[str], Awaitable[bool]],
    muting: Muting,
) -> list[APIRouter]:
    """Return the routes about rules.

    Args:
        rulebook: the rules.
        s3: the process's client.
        results: what was recognized.
        known_channel: whether there is a channel of an id.
        muting: mutes them.
    """
    editing = Editing(rulebook, known_channel)
    return [
        trial_routes.router(rulebook, Album(s3, results)),
        book_routes.router(rulebook, editing),
        mute_routes.router(muting),
        routes.router(rulebook, editing),
    ]
