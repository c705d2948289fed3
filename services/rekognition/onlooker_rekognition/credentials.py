"""The access keys that may sign requests: static pairs, from a file in the format of AWS's shared credentials.

[camera]
aws_access_key_id = ...
aws_secret_access_key = ...
aws_session_token = ...        (only where its requests carry one)
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.configloader import raw_config_parse
from botocore.credentials import Credentials
from botocore.exceptions import ConfigNotFound, ConfigParseError

_OTHERS = stat.S_IRWXO


class CredentialsError(Exception):
    """The file of credentials can not be used; the text says why and what to do, and repeats nothing of the file."""


def load_credentials(path: Path) -> dict[str, Credentials]:
    """The pairs of the file, by access key.

    Raises CredentialsError when it can not be read, others may read or change it, or it is not all static pairs.
    """
    try:
        if path.stat().st_mode & _OTHERS:
            raise CredentialsError(f"{path} holds secrets and is open to others. Close it: chmod 600 '{path}'.")
        sections: Mapping[str, Any] = raw_config_parse(str(path))
    except (OSError, ConfigNotFound) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no readable file"
        raise CredentialsError(f"{path}, the file of credentials, can not be read: {reason}.") from error
    except ConfigParseError:  # its own text would repeat the line, and with it a secret
        raise CredentialsError(f"{path} is not in the INI format of AWS's shared credentials.") from None
    if not sections:
        raise CredentialsError(f"{path} holds no credentials: write one section a pair, or leave the setting out.")
    pairs = [_pair(path, name, section) for name, section in sections.items()]
    by_key = {pair.access_key: pair for pair in pairs}
    if len(by_key) < len(pairs):
        raise CredentialsError(f"{path} names an access key twice. Remove one of its sections.")
    return by_key


def _pair(path: Path, name: str, section: Mapping[str, Any]) -> Credentials:
    for option, value in section.items():
        if not isinstance(value, str):  # lines that are indented are a section within a section
            raise CredentialsError(f"{path}: section [{name}] has no text for {option}. Write it into the same line.")
    for option in ("aws_access_key_id", "aws_secret_access_key"):
        if not section.get(option):
            raise CredentialsError(f"{path}: section [{name}] has no {option}.")
    return Credentials(
        section["aws_access_key_id"], section["aws_secret_access_key"], section.get("aws_session_token") or None
    )
