"""What can be wrong with a picture, as types.

OnlookerError
├── PictureRefusedError     can never be recognized; the reason is for its owner
└── PictureGoneError        is no longer there, or no longer this version: nothing is left to do

The handler makes a stored failure of the first, a line in the log of the second.
"""

from typing import Literal

from onlooker_shared.errors import OnlookerError


class PictureRefusedError(OnlookerError):
    """A picture that can never be recognized.

    Args:
        reason: what is wrong with it, as a sentence for its owner.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PictureGoneError(OnlookerError):
    """A picture that was deleted or overwritten after its event; a newer version has an event of its own.

    Args:
        how: which of the two.
    """

    def __init__(self, how: Literal["deleted", "overwritten"]) -> None:
        super().__init__(how)
        self.deleted = how == "deleted"
