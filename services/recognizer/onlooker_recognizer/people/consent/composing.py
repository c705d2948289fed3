"""Composes what ends what is kept no longer."""

from datetime import timedelta

from onlooker_recognizer.people.basis import Basis
from onlooker_recognizer.people.composing import PeopleParts
from onlooker_recognizer.people.consent.retention import Erases, Keep, Retention, RetentionTimer
from onlooker_shared.claims import Claims


def compose_retention(basis: Basis, parts: PeopleParts, erases: Erases) -> RetentionTimer:
    """Return it.

    Args:
        basis: what all are composed with.
        parts: what knows people.
        erases: has people erased.
    """
    retention = Retention(
        keep=Keep(_days(basis.settings.keep_pictures), _days(basis.settings.keep_unknowns)),
        s3=basis.s3,
        images=basis.names.images.name,
        people=parts.people,
        consents=parts.consents,
        erases=erases,
        clock=basis.clock,
    )
    return RetentionTimer(retention, Claims(basis.dynamodb, basis.names.claims.name), clock=basis.clock)


def _days(days: float) -> timedelta | None:
    return timedelta(days=days) if days else None
