"""``python -m onlooker_shared.provision``: provisions once and ends; for containers that start before the services."""

import asyncio
import os
import sys

import structlog

from onlooker_shared.aws import Aws
from onlooker_shared.errors import ConfigurationError
from onlooker_shared.provision import Provisioned, provision
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry import logs

log = structlog.stdlib.get_logger("onlooker_shared.provision")


def main() -> None:
    """Provision with the settings of the environment; end with 1 if it fails, with 78 if it cannot; see the log."""
    logs.configure(CommonSettings.model_construct(), "provision")  # wrong settings, too, are told in the log
    try:
        settings = CommonSettings()
        logs.configure(settings, "provision")
        done = asyncio.run(_provision(settings))
    except ConfigurationError as error:
        log.critical("provision.failed", reason=str(error))
        sys.exit(os.EX_CONFIG)
    except Exception as error:
        log.critical("provision.failed", exc_info=error)
        sys.exit(1)
    log.info("provision.done", created=done.created, repaired=done.repaired, leftovers=done.leftovers)


async def _provision(settings: CommonSettings) -> Provisioned:
    async with Aws(settings) as aws:
        return await provision(aws, settings.topology)


if __name__ == "__main__":
    main()
