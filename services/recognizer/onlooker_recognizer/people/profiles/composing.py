"""Composes what knows the profiles that others kept."""

from dataclasses import dataclass

from fastapi import APIRouter

from onlooker_recognizer.people.basis import Basis
from onlooker_recognizer.people.composing import PeopleParts
from onlooker_recognizer.people.profiles.importing import ProfileImport
from onlooker_recognizer.people.profiles.routes import profiles_router
from onlooker_recognizer.people.profiles.table import Profiles


@dataclass(frozen=True, slots=True)
class ProfileParts:
    """What knows profiles, composed."""

    profiles: Profiles
    router: APIRouter


def compose_profiles(basis: Basis, parts: PeopleParts) -> ProfileParts:
    """Return it.

    Args:
        basis: what all are composed with.
        parts: what knows people.
    """
    profiles = Profiles(basis.dynamodb, basis.names.profiles.name)
    importing = ProfileImport(
        profiles,
        parts.people,
        collected=parts.collected.find,
        consents=parts.consents,
        audit=parts.audit,
        clock=basis.clock,
    )
    return ProfileParts(profiles, profiles_router(profiles, importing, parts.people, parts.audit))
