"""Has the services derive what the queues held: those of an emulator that lost its memory came back empty."""

import httpx
import structlog

from onlooker.client import SERVICES, ApiError, OnlookerClient
from onlooker.target import URL, Target
from onlooker_shared.errors import ConfigurationError

log = structlog.stdlib.get_logger(__name__)


async def sweep(target: Target) -> bool:
    """Have every service sweep, however young what is unfinished is; return whether that is done.

    Where nothing names the installation, its services are left to sweep by themselves when they start.
    """
    if not target.is_named:
        log.warning("keeper.not_swept", reason=f"{URL} does not say where the services answer.")
        return True
    try:
        async with target.client() as client:
            for service in SERVICES:
                await _sweep(client, service)
    except (ApiError, ConfigurationError) as error:  # they may be starting; the next round asks again
        log.info("keeper.not_swept_yet", reason=str(error))
        return False
    return True


async def _sweep(client: OnlookerClient, service: str) -> None:
    try:
        swept = await client.sweep(service, 0.0)
    except ApiError as error:
        if not isinstance(error.__cause__, httpx.ReadTimeout):
            raise
        log.info("keeper.sweep_goes_on", swept_service=service)  # over many pictures; asked twice it would take longer
    else:
        log.info("sweep.done", swept_service=service, looked_at=swept["looked_at"], sent_on=swept["sent_on"])
