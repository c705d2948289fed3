"""Whether the recognizer may ask what it is set to ask, found out before a picture has to go without it.

Amazon says no before it looks at what was sent, so a call with no picture in it tells, and costs nothing. What was
allowed once is not asked again until a call is denied.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import ClientError

from onlooker_shared.errors import ConfigurationError
from onlooker_shared.outages import is_outage
from onlooker_shared.recognition import Feature, Missing

if TYPE_CHECKING:
    from types_aiobotocore_rekognition import RekognitionClient
    from types_aiobotocore_rekognition.type_defs import ImageTypeDef

DENIED = frozenset({"AccessDeniedException", "UnknownOperationException"})
"""Codes by which an operation is not allowed here, or not offered."""
NO_PICTURE: "ImageTypeDef" = {"Bytes": b"no picture"}


class Permissions:
    """Knows which operations may be called.

    Args:
        client: the process's client.
        operations: those that are wanted, with what each needs to be asked besides a picture.
    """

    def __init__(self, client: "RekognitionClient", operations: Mapping[str, Mapping[str, Any]]) -> None:
        self._client = client
        self._operations = operations
        self._unproven = set(operations)

    def doubt(self, operation: str) -> None:
        """Note that a call was denied; one that cannot be tried without consequences is only logged by who made it."""
        if operation in self._operations:
            self._unproven.add(operation)

    async def check(self) -> None:
        """Return if every operation is allowed.

        Raises:
            ConfigurationError: some are not; it names them and says what to do.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: Rekognition does not answer.
        """
        asked = sorted(self._unproven)
        allowed = await asyncio.gather(*(self._allows(operation) for operation in asked))
        self._unproven.difference_update(operation for operation, may in zip(asked, allowed, strict=True) if may)
        if self._unproven:
            denied = sorted(self._unproven)
            actions = ", ".join(f"rekognition:{operation}" for operation in denied)
            raise ConfigurationError(
                f"Rekognition denies {' and '.join(denied)}: allow {actions}, or take what needs it out of "
                "ONLOOKER_RECOGNIZER_FEATURES. Until then pictures are recognized without it."
            )

    async def _allows(self, operation: str) -> bool:
        try:
            await getattr(self._client, xform_name(operation))(Image=NO_PICTURE, **self._operations.get(operation, {}))
        except ClientError as error:
            if is_outage(error):
                raise
            return error.response["Error"]["Code"] not in DENIED
        return True


def denial(operation: str, feature: Feature) -> Missing:
    """Return what is said of a feature whose call was denied; Amazon's own words name the role, and are logged."""
    return Missing(feature=feature, reason=f"Rekognition's {operation} is not allowed or not offered here.")
