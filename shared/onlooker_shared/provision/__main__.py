"""``python -m onlooker_shared.provision``: provisions once and ends; for containers that start before the services."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_shared.aws import Aws
from onlooker_shared.errors import ConfigurationError, OnlookerError, UnavailableError, describe
from onlooker_shared.keys import KeyStore, ensure_admin_key
from onlooker_shared.patience import PATIENCE, patiently
from onlooker_shared.provision import Provisioned, provision
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry import logs

log = structlog.stdlib.get_logger("onlooker_shared.provision")


class KeyFileError(OnlookerError):
    """The file of the admin key cannot be read or written; the text says why and what to do."""


def main(arguments: list[str] | None = None) -> None:
    """Provision with the settings of the environment.

    Ends the process with 1 if it fails, 73 if the admin key cannot be written, 78 if it cannot be done like this; the
    log has the reason.
    """
    options = _parser().parse_args(arguments)
    logs.configure(CommonSettings.model_construct(), "provision")  # wrong settings, too, are told in the log
    try:
        settings = CommonSettings()
        logs.configure(settings, "provision")
        done = asyncio.run(_provision(settings, options.admin_key, options.patience))
    except ConfigurationError as error:
        log.critical("provision.failed", reason=str(error))
        sys.exit(os.EX_CONFIG)
    except KeyFileError as error:
        log.critical("provision.failed", reason=str(error))
        sys.exit(os.EX_CANTCREAT)
    except (BotoCoreError, ClientError, UnavailableError) as error:
        log.critical("provision.failed", reason=describe(error))
        sys.exit(1)
    except Exception as error:
        log.critical("provision.failed", exc_info=error)
        sys.exit(1)
    log.info("provision.done", created=done.created, repaired=done.repaired, leftovers=done.leftovers)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onlooker_shared.provision", description=__doc__)
    parser.add_argument(
        "--admin-key", type=Path, metavar="PATH", help="a file that shall hold a valid admin key, for its owner alone"
    )
    parser.add_argument(
        "--patience", type=float, default=PATIENCE, metavar="SECONDS", help="how long AWS is waited for (%(default)s)"
    )
    return parser


async def _provision(settings: CommonSettings, admin_key: Path | None, patience: float) -> Provisioned:
    if admin_key is not None:
        _require_folder(admin_key)
    async with Aws(settings) as aws:

        async def attempt() -> Provisioned:
            done = await provision(aws, settings.topology)
            if admin_key is not None:
                await _ensure_key(KeyStore(await aws.client("dynamodb"), settings.topology.access_keys.name), admin_key)
            return done

        return await patiently(attempt, patience)


def _require_folder(path: Path) -> None:
    """Have the key's folder, and raise KeyFileError if nothing can be written there, before a key is made in vain."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(path, error) from error
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise _unusable(path, PermissionError(f"{path.parent} is not writable"))


async def _ensure_key(keys: KeyStore, path: Path) -> None:
    try:
        await ensure_admin_key(keys, path)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> KeyFileError:
    return KeyFileError(
        f"The admin key cannot be kept in {path}: {error}. Let user {os.geteuid()} write there, or name another file."
    )


if __name__ == "__main__":
    main()
