"""Puts together what makes links."""

from dataclasses import dataclass

from onlooker_notifier.foundation import Foundation, clock
from onlooker_notifier.links.linking import Linking, Signing
from onlooker_notifier.secrets.signing_secret import Secret


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
