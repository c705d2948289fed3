"""``python -m onlooker.keeper``: puts the keeper together and runs it."""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker.datafolder import DataFolder
from onlooker.datalock import DataFolderError
from onlooker.keeper.copy import Copy, CopyError
from onlooker.keeper.marker import Marker
from onlooker.keeper.objects import ObjectError, Objects
from onlooker.keeper.ready import Ready
from onlooker.keeper.restoring import Restorer
from onlooker.keeper.rounds import Rounds
from onlooker.keeper.saving import ForeignEmulatorError, Keeper
from onlooker.keeper.sweeping import sweep as sweep_services
from onlooker.keeper.tables import Tables
from onlooker.target import Target
from onlooker_shared.aws import Aws
from onlooker_shared.errors import ConfigurationError, describe
from onlooker_shared.patience import PATIENCE, patiently
from onlooker_shared.provision import provision
from onlooker_shared.run import STOP_SIGNALS
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry import logs

EX_IOERR = 74
"""sysexits.h: the copy is damaged, or cannot be written."""

log = structlog.stdlib.get_logger("onlooker.keeper")


def main(arguments: list[str] | None = None) -> None:
    """Keep until SIGTERM or SIGINT, or put back once; the exit codes are those that the README lists."""
    options = _parser().parse_args(arguments)
    logs.configure(CommonSettings.model_construct(), "keeper")  # wrong settings, too, are told in the log
    try:
        settings = CommonSettings()
        logs.configure(settings, "keeper")
        well = asyncio.run(_run(options, settings))
    except (CopyError, DataFolderError) as error:
        log.critical("process.failed", reason=str(error))
        sys.exit(EX_IOERR)
    except (ConfigurationError, ForeignEmulatorError) as error:
        log.critical("process.not_started", reason=str(error))
        sys.exit(os.EX_CONFIG)
    except (BotoCoreError, ClientError, ObjectError) as error:
        log.critical("process.failed", reason=describe(error))
        sys.exit(1)
    except Exception as error:
        log.critical("process.failed", exc_info=error)
        sys.exit(1)
    sys.exit(0 if well else 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onlooker.keeper", description="Keeps what an emulator of AWS forgets.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where the copy is")
    parser.add_argument(
        "--restore", action="store_true", help="put the copy back into an emulator that is empty, and end"
    )
    parser.add_argument(
        "--patience", type=float, default=PATIENCE, metavar="SECONDS", help="how long --restore waits for the emulator"
    )
    return parser


async def _run(options: argparse.Namespace, settings: CommonSettings) -> bool:
    """Return whether all that was to be done went well."""
    services = Target(DataFolder.chosen(None))
    async with composed(options.data, settings, partial(sweep_services, services)) as rounds:
        if options.restore:
            await patiently(rounds.restore, options.patience)
            return True
        return await _until_told_to_stop(rounds, settings.shutdown_grace)


@asynccontextmanager
async def composed(data: Path, settings: CommonSettings, sweep: Callable[[], Awaitable[bool]]) -> AsyncIterator[Rounds]:
    """Yield the keeper of the emulator that the environment names, with its copy in a folder.

    Raises:
        CopyError: the folder cannot be used.
    """
    topology = settings.topology
    copy = Copy.open(data)
    try:
        async with Aws(settings) as aws:
            s3 = await aws.client("s3")
            objects, tables = Objects(s3, copy), Tables(await aws.client("dynamodb"))
            marker = Marker(aws, f"{settings.prefix}keeper")
            yield Rounds(
                folder=data,
                copy=copy,
                keeper=Keeper(topology=topology, copy=copy, marker=marker, objects=objects, tables=tables),
                restorer=Restorer(aws=aws, topology=topology, copy=copy, objects=objects, tables=tables),
                provision=partial(provision, aws, topology),
                sweep=sweep,
                ready=Ready(data),
            )
    finally:
        copy.close()


async def _until_told_to_stop(rounds: Rounds, grace: float) -> bool:
    """Go round until SIGTERM or SIGINT; the last pass has so many seconds. Returns whether that went well."""
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    try:
        async with asyncio.timeout(None) as limit:

            def stop() -> None:
                if not stopping.is_set():
                    stopping.set()
                    limit.reschedule(loop.time() + grace)

            for number in STOP_SIGNALS:
                loop.add_signal_handler(number, stop)
            return await rounds.run(stopping)
    except TimeoutError:
        log.warning("keeper.last_pass_not_finished", seconds=grace)
        return False


if __name__ == "__main__":
    main()
