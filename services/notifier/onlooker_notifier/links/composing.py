"""Puts together what makes links, and what follows them."""

from dataclasses import dataclass

from fastapi import APIRouter

from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.foundation import Foundation, clock
from onlooker_notifier.links.desk import Desk
from onlooker_notifier.links.following import Following
from onlooker_notifier.links.linking import Linking, Signing
from onlooker_notifier.links.routes import router
from onlooker_notifier.links.secret import Secret
from onlooker_notifier.rules.muting import Muting


@dataclass(frozen=True, slots=True)
class LinkParts:
    """What the rest of the notifier needs of it."""

    signing: Signing | None
    """None: there is no key to sign by."""
    linking: Linking | None
    """None: mails have no links."""


def compose_links(base: Foundation, secret: Secret | None) -> LinkParts:
    """Connect what makes links with what it signs them by."""
    if secret is None:
        return LinkParts(None, None)
    signing, url = Signing(secret), base.settings.link_url
    return LinkParts(signing, Linking(signing, url, clock=clock) if url else None)


def link_routers(base: Foundation, parts: LinkParts, muting: Muting, escalations: Escalations) -> list[APIRouter]:
    """Return the routes that links lead to, also of those that were made before `LINK_URL` was taken away."""
    if parts.signing is None:
        return []
    following = Following(parts.signing, base.rulebook, muting, escalations)
    return [router(Desk(following, base.zone, clock=clock))]
