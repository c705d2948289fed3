"""What somebody is shown who follows a link in a mail."""

import math
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

import structlog
from botocore.exceptions import BotoCoreError, ClientError
from fastapi.responses import HTMLResponse

from onlooker_notifier.channels.message import came_from
from onlooker_notifier.following.following import Followed, Following
from onlooker_notifier.following.limits import Limits
from onlooker_notifier.following.pages import Action, page
from onlooker_notifier.links.linking import ACKNOWLEDGE, MUTES
from onlooker_notifier.links.tokens import LASTING, ExpiredError, ForgedError, Said
from onlooker_notifier.secrets.sealing import SealBrokenError
from onlooker_notifier.wording.local_time import LocalTime
from onlooker_notifier.wording.wording import printable
from onlooker_shared.errors import NotFoundError, ProblemError, SettingsError, describe

BURST, EVERY = 20, 3.0
"""Requests for one rule's links at once, and the seconds in which there may be one more."""
FORGERIES = b""
"""No rule: all requests with links that are none, or are expired, are counted together."""

log = structlog.stdlib.get_logger(__name__)


class Desk:
    """Answers with pages.

    Args:
        following: follows links.
        zone: the readers' time zone.
        clock: epoch seconds.
        monotonic: seconds, by a clock that nobody sets.
    """

    def __init__(
        self,
        following: Following,
        zone: ZoneInfo,
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._following = following
        self._zone = zone
        self._clock = clock
        self._monotonic = monotonic
        self._limits = Limits(burst=BURST, every=EVERY)

    async def show(self, token: str, do: str | None) -> HTMLResponse:
        """Return the page that asks whether to do what a link says."""

        async def asked(followed: Followed) -> HTMLResponse:
            actions = _actions(followed.said)
            foremost = [action for action in actions if action.name == do]
            actions = [*foremost, *(action for action in actions if action.name != do)]
            muted = followed.rule.muted_until
            state = f"It is muted until {self._moment(muted)}." if muted and muted.timestamp() > self._clock() else ""
            return page(
                f"{actions[0].words}?",
                f"This came from the rule “{_name(followed)}”.{' ' * bool(state)}{state}",
                "Nothing is done until you press a button.",
                actions=actions,
            )

        return await self._answer(token, asked)

    async def do(self, token: str, do: str | None) -> HTMLResponse:
        """Do what a link says, and return the page that says so."""

        async def done(followed: Followed) -> HTMLResponse:
            if do not in {action.name for action in _actions(followed.said)}:
                words = "This link does nothing of that kind. Open it anew in the mail."
                return page("What is to be done?", words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            return await (self._acknowledge(followed) if do == ACKNOWLEDGE else self._mute(followed, do))

        return await self._answer(token, done)

    async def _mute(self, followed: Followed, name: str) -> HTMLResponse:
        until = await self._following.mute(followed, name)
        return page(
            "Muted",
            f"The rule “{_name(followed)}” tells nobody until {self._moment(until)}.",
            "What it does not tell until then is not told later. Who may change rules can end this before.",
        )

    async def _acknowledge(self, followed: Followed) -> HTMLResponse:
        counts = await self._following.acknowledge(followed)
        if counts is None:
            return page("Too late", "This message is not known any more.", status=HTTPStatus.GONE)
        return page(
            "Acknowledged",
            f"The message of the rule “{_name(followed)}” was acknowledged {self._local.moment(counts.at)}"
            f" ({self._clocks}). If it was not told to others by then, it will not be.",
        )

    async def _answer(self, token: str, work: Callable[[Followed], Awaitable[HTMLResponse]]) -> HTMLResponse:
        """Return what comes of a link, or why nothing does; an error that went further would write it into the log."""
        try:
            return await self._followed(token, work)
        except NotFoundError:
            words = "The rule that this message came from was deleted, so there is nothing to mute or to acknowledge."
            return page("This rule is gone", words, status=HTTPStatus.GONE)
        except ProblemError as error:
            return page("That did not work", error.detail, status=error.status)
        except (SettingsError, SealBrokenError, OSError, BotoCoreError, ClientError) as error:
            log.warning("links.not_followed", error=describe(error))
            words = (
                "What Onlooker needs for this does not answer just now. Try again later: to do it twice does no harm."
            )
            return page("Not now", words, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})
        except Exception as error:  # noqa: BLE001 - the log has where it comes from, and must not have the link
            log.error("links.fault", error=type(error).__name__, where=came_from(error))  # noqa: TRY400 - as above
            words = "Onlooker failed at this. Its log says more."
            return page("That did not work", words, status=HTTPStatus.INTERNAL_SERVER_ERROR)

    async def _followed(self, token: str, work: Callable[[Followed], Awaitable[HTMLResponse]]) -> HTMLResponse:
        said = await self._read(token)
        if isinstance(said, HTMLResponse):
            return said
        if (wait := self._limits.wait(said.rule, self._monotonic())) > 0:
            return _too_many(wait)
        return await work(await self._following.find(said))

    async def _read(self, token: str) -> Said | HTMLResponse:
        try:
            return await self._following.read(token, self._clock())
        except ForgedError:
            shown = page(
                "This is no link of Onlooker",
                "It is not whole, or was changed. If your mail program broke it over two lines, copy all of it.",
                status=HTTPStatus.NOT_FOUND,
            )
        except ExpiredError:
            shown = page(
                "This link has expired",
                f"Links in mails are good for {LASTING // 86_400} days. Rules can be muted where they are made.",
                status=HTTPStatus.GONE,
            )
        wait = self._limits.wait(FORGERIES, self._monotonic())
        return _too_many(wait) if wait > 0 else shown

    @property
    def _local(self) -> LocalTime:
        return LocalTime(self._zone, datetime.fromtimestamp(self._clock(), UTC))

    @property
    def _clocks(self) -> str:
        return self._zone.key

    def _moment(self, when: datetime) -> str:
        return f"{self._local.moment(when).removeprefix('at ').removeprefix('on ')} ({self._clocks})"


def _actions(said: Said) -> list[Action]:
    seen_to = [] if said.escalation_id is None else [Action(ACKNOWLEDGE, "Acknowledge this message")]
    return [*seen_to, *(Action(name, f"Mute this rule for {mute.words}") for name, mute in MUTES.items())]


def _name(followed: Followed) -> str:
    return printable(followed.rule.name)


def _too_many(wait: float) -> HTMLResponse:
    seconds = math.ceil(wait)
    return page(
        "Too many requests",
        f"Try again in {'1 second' if seconds == 1 else f'{seconds} seconds'}.",
        status=HTTPStatus.TOO_MANY_REQUESTS,
        headers={"Retry-After": str(seconds)},
    )
