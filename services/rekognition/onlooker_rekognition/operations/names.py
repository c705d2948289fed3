"""How this server's resources are called: Amazon Resource Names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from onlooker_rekognition.protocol.errors import InvalidParameterError, ResourceNotFoundError

_ARN = re.compile(r"arn:aws[a-z-]*:rekognition:[a-z0-9-]+:\d{12}:[a-z]+/.+")
_COLLECTION = ":collection/"


@dataclass(frozen=True, slots=True)
class ResourceNames:
    """How this server's resources are called, as Amazon calls them."""

    region: str
    account: str

    def collection(self, collection_id: str) -> str:
        """A collection's ARN as CreateCollection answers it: Amazon leaves out the leading `arn:` there."""
        return f"aws:rekognition:{self.region}:{self.account}:collection/{collection_id}"

    def collection_arn(self, collection_id: str) -> str:
        """A collection's ARN in full, as DescribeCollection answers it."""
        return f"arn:{self.collection(collection_id)}"

    def collection_id(self, arn: str) -> str:
        """The collection that `arn` names.

        Raises InvalidParameterError when it is no ARN of Amazon Rekognition, ResourceNotFoundError when it is that of
        something else, of another region or of another account.
        """
        if not _ARN.fullmatch(arn):
            raise InvalidParameterError(
                f"Invalid ARN: '{arn}'. One of a collection is {self.collection_arn('<id>')}, as DescribeCollection "
                "answers it."
            )
        prefix, _, collection_id = arn.partition(_COLLECTION)
        if f"{prefix}{_COLLECTION}" != self.collection_arn(""):
            raise ResourceNotFoundError(
                f"The resource {arn} does not exist. Here are collections of {self.region} and account {self.account}."
            )
        return collection_id
