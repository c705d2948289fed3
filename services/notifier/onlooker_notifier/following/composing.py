"""Puts together what follows links."""

from fastapi import APIRouter

from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.following.desk import Desk
from onlooker_notifier.following.following import Following
from onlooker_notifier.following.routes import router
from onlooker_notifier.foundation import Foundation, clock
from onlooker_notifier.links.composing import LinkParts
from onlooker_notifier.rules.muting import Muting


def link_routers(base: Foundation, parts: LinkParts, muting: Muting, escalations: Escalations) -> list[APIRouter]:
    """Return the routes that links lead to, also of those that were made before `LINK_URL` was taken away."""
    if parts.signing is None:
        return []
    following = Following(parts.signing, base.rulebook, muting, escalations)
    return [router(Desk(following, base.zone, clock=clock))]
