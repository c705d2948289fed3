"""What every channel is given, and what it answers.

OnlookerError
├── RefusedError      the other side will never take this message: somebody has to change something
└── UnansweredError   it does not take it now: later it may
"""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from onlooker_notifier.letters.letters import Letter
from onlooker_notifier.notices import Notice
from onlooker_notifier.wording.wording import printable, shortened
from onlooker_shared.errors import OnlookerError, describe

LONGEST_ANSWER = 500
"""Characters that are kept of what the other side said."""

S_contra = TypeVar("S_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Link:
    """Something that the reader of a mail may do."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Message:
    """One digest, for one channel."""

    delivery_id: str
    """The same however often it is sent: receivers that remember it tell nothing twice."""
    rule_id: str
    rule_name: str
    letter: Letter
    notices: tuple[Notice, ...]
    told_at: datetime
    """When the digest was complete, UTC."""
    picture_url: str | None = None
    """What a picture's link is, with `{image_id}` for its id."""
    escalates: tuple[str, ...] = ()
    """The deliveries that nobody acknowledged in time, if it is told because of that."""
    links: tuple[Link, ...] = ()
    """What its reader may do: for mails alone, and recorded nowhere, as whoever has one of them may do that."""
    test: bool = False
    """Whether somebody only tries the channel."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side took the message."""

    message_id: str | None
    """What it calls it."""
    answer: str = ""
    """What it said."""


class _AnswerError(OnlookerError):
    """What both have in common.

    Args:
        code: a short name of the reason; for logs, as it holds no address and no secret.
        reason: why, in words, and what to do about it.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = shortened(printable(reason), LONGEST_ANSWER)


class RefusedError(_AnswerError):
    """A channel will never take this message."""


class UnansweredError(_AnswerError):
    """A channel does not take this message now.

    Args:
        code: see `_AnswerError`.
        reason: likewise.
        wait: seconds for which it asks to be left alone.
    """

    def __init__(self, code: str, reason: str, *, wait: float = 0.0) -> None:
        super().__init__(code, reason)
        self.wait = wait


class Sends(Protocol[S_contra]):
    """A kind of channel."""

    async def send(self, settings: S_contra, secret: str | None, message: Message, /) -> Receipt:
        """Send a message.

        Raises:
            RefusedError: it will never be taken.
            UnansweredError: it was not taken now.
        """
        ...


def came_from(error: BaseException) -> str:
    """Return where an unforeseen error comes from, for logs: its words are left out, as they may repeat a secret."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


@contextmanager
def aws_answers(refusals: frozenset[str], advice: Callable[[str, str], str] | None = None) -> Iterator[None]:
    """Tell AWS's errors apart.

    Args:
        refusals: the codes by which a service says that it will not take the message until somebody changes something.
        advice: what to do about one, of its code and text.

    Raises:
        RefusedError, UnansweredError: in place of botocore's errors.
    """
    try:
        yield
    except ClientError as error:
        code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        kind = RefusedError if code in refusals else UnansweredError
        raise kind(code, f"{code}: {text}{advice(code, text) if advice else ''}") from error
    except BotoCoreError as error:
        raise UnansweredError(type(error).__name__, describe(error)) from error
