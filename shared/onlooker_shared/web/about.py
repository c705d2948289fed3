"""``/about``: which services answer here, in which version, since when, and what they have done since."""

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from onlooker_shared.keys import Principal
from onlooker_shared.service import Service
from onlooker_shared.telemetry import counts
from onlooker_shared.web.auth import authenticated


class AboutService(BaseModel):
    """One service."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str | None = Field(description="Of its package; null where it was not installed as one.")
    queues: tuple[str, ...] = Field(description="Names of the queues that it works on; see `/queues/{name}`.")
    messages: counts.MessageCounts | None = Field(description="Of all these, by this process since its start.")


class About(BaseModel):
    """A process."""

    model_config = ConfigDict(frozen=True)

    started_at: datetime = Field(description="UTC.")
    requests: counts.RequestCounts = Field(description="By this process since its start, to all its services.")
    services: tuple[AboutService, ...]


def router(services: Sequence[Service], name: str, started_at: datetime) -> APIRouter:
    """Return the route.

    Args:
        services: what the application is made of.
        name: the application's, under which its requests are counted.
        started_at: when it was made, UTC.
    """
    routes = APIRouter(tags=["operation"])

    @routes.get("/about")
    async def get_about(_: Annotated[Principal, Depends(authenticated)]) -> About:
        """Answer which services answer here, in which version, and what they have done since their start."""
        return About(started_at=started_at, requests=counts.requests(name), services=tuple(map(_about, services)))

    return routes


def _about(service: Service) -> AboutService:
    queues = tuple(queue.name for queue in service.queues.values())
    return AboutService(
        name=service.name,
        version=_version(service.name),
        queues=queues,
        messages=counts.messages(queues) if queues else None,
    )


def _version(service: str) -> str | None:
    try:
        return version(f"onlooker-{service}")
    except PackageNotFoundError:
        return None
