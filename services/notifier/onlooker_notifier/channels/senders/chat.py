"""Chat and phone services, by the library apprise: what its URLs may lead to, and what the services answer.

apprise knows a hundred services, some of which read files, run programs, or post to any address. Those here are
services with a fixed address, and a few that people run themselves, whose address is judged as a webhook's is.
"""

import asyncio
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, cast

from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.kinds import ChatSettings
from onlooker_notifier.channels.message import Message, Receipt, RefusedError, UnansweredError
from onlooker_notifier.channels.reaching import OWN_AUTHORITY
from onlooker_notifier.secrets.trust import Trust
from onlooker_notifier.wording.wording import printable, shortened
from onlooker_shared.errors import UnprocessableError

# fmt: off
FIXED = frozenset(
    {
        "dingtalk", "discord", "feishu", "gchat", "guilded", "ifttt", "join", "line", "nexmo", "opsgenie",
        "pagerduty", "pagertree", "pbul", "pover", "pushed", "pushy", "revolt", "sendgrid", "signl4",
        "simplepush", "sinch", "slack", "tgram", "threema", "twilio", "vonage", "wecombot", "whatsapp",
        "wxteams", "zulip"
    }
)
"""Schemas of services that have one address."""
HOSTED = frozenset(
    {
        "bark", "barks", "gotify", "gotifys", "mmost", "mmosts", "nctalk", "nctalks", "ntfy", "ntfys",
        "rocket", "rockets", "signal", "signals", "workflows"
    }
)
"""Schemas of services that people also run themselves."""
# fmt: on
CONNECT_TIMEOUT, READ_TIMEOUT = 5.0, 10.0
"""Seconds."""
AT_ONCE = 16
"""Messages that are sent at the same time, in threads of their own: those that hang keep nothing else waiting."""
LONGEST = 1500
"""Characters that are sent; Discord takes 2,000, a text message far fewer."""
STATUS = re.compile(r"error=([45]\d\d)")
"""How apprise logs a service's answer."""
LATER = frozenset({"408", "425", "429"})
BELOW = re.compile(
    r"^Socket Exception: .*?(certificate verify failed: [^()\"']+|Connection refused|timed out"
    r"|Name or service not known|Temporary failure in name resolution|No route to host|Network is unreachable)"
)
"""What may be told of the error below, of which apprise tells nothing but to who debugs it, with all of the URL."""
UNKNOWN_AUTHORITY = re.compile("issuer certificate|self[- ]signed")
SECRET_PART = 8
"""Characters from which on a part of a URL is struck out of what a service is said to have answered."""


class Service(Protocol):
    """A service, as apprise makes it of a URL."""

    host: str | None
    port: int | None
    secure: bool
    verify_certificate: bool | str
    """Or the file of whom to trust, as requests takes it, to which apprise hands it on."""

    def notify(self, *, body: str, title: str, body_format: str) -> bool:
        """Send; whether it was taken."""
        ...


class Chat:
    """Sends by apprise, in a thread.

    Args:
        guard: says where it may connect to.
        trust: whom TLS connections trust.
    """

    def __init__(self, guard: Guard, trust: Trust) -> None:
        self._guard = guard
        self._trust = trust
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="chat")

    async def send(self, settings: ChatSettings, secret: str | None, message: Message) -> Receipt:
        """See `Sends`."""
        try:
            schema = schema_of(secret or "")
            plugin = await asyncio.to_thread(plugin_of, secret or "")
        except UnprocessableError as error:  # another version of apprise took it
            raise RefusedError("NotUnderstood", error.detail) from error
        host = host_of(schema, plugin)
        if host is not None:
            await self._guard.addresses(host, plugin.port or (443 if plugin.secure else 80))
        text = shortened(message.letter.text, LONGEST)
        taken, said = await asyncio.get_running_loop().run_in_executor(
            self._threads, _notify, plugin, self._trust, message.letter.subject, text
        )
        if taken:
            return Receipt(None, f"taken by {settings.service}")
        told = (
            shortened(printable(without_secret(said, secret or "", host)), LONGEST // 5)
            or f"{settings.service} did not take it."
        )
        status = STATUS.search(said)
        if status is not None and status[1].startswith("4") and status[1] not in LATER:
            raise RefusedError(f"HTTP{status[1]}", told)
        raise UnansweredError(f"HTTP{status[1]}" if status else "NotTaken", told)


async def service_of(url: str) -> str:
    """Return which service a URL is of.

    Raises:
        UnprocessableError: of none, or of none that is allowed.
    """
    schema = schema_of(url)
    await asyncio.to_thread(plugin_of, url)
    return schema


def schema_of(url: str) -> str:
    """Return which service a URL says that it is of.

    Raises:
        UnprocessableError: of none that is allowed. It repeats nothing of the URL, which is secret.
    """
    schema = url.partition("://")[0].casefold()
    if schema not in FIXED | HOSTED:
        raise UnprocessableError(
            f"The URL of a chat service begins with one of {', '.join(sorted(FIXED | HOSTED))}, and ://."
            " To post to an address of your own, make a webhook."
        )
    return schema


def plugin_of(url: str) -> Service:
    """Return a service, without trust in what its URL asks for besides.

    Raises:
        UnprocessableError: see `service_of`. It repeats nothing of the URL, which is secret.
    """
    schema = schema_of(url)
    import apprise  # noqa: PLC0415 - a second and 20 MB, for those alone who have such a channel

    logger = logging.getLogger("apprise")
    logger.propagate = False  # it repeats URLs and what services answer: nothing for logs
    logger.setLevel(logging.DEBUG)  # see `BELOW`
    asset = apprise.AppriseAsset(
        http_redirects=False,
        app_id="Onlooker",  # whom readers see as the sender
        app_desc="Onlooker",
        image_url_mask="",  # else they would fetch apprise's picture from its authors' site
        image_url_logo="",
    )
    made = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if made is None:
        raise UnprocessableError(f"This is no URL that apprise knows for {schema}: see its documentation.")
    plugin = cast("Any", made)
    if any(isinstance(each, apprise.AppriseAttachment) and len(each) for each in vars(plugin).values()):
        raise UnprocessableError("The URL asks for a file, such as a template; files are neither read nor fetched.")
    plugin.retry, plugin.wait = 0, 0.0
    if len(plugin) > 1:
        raise UnprocessableError(
            f"The URL names {len(plugin)} receivers. Make a channel of each: none is then told twice because another"
            " could not be."
        )
    plugin.redirects = False
    plugin.verify_certificate = True
    plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_TIMEOUT, READ_TIMEOUT
    return cast("Service", plugin)


def host_of(schema: str, plugin: Service) -> str | None:
    """Return the host that a service's URL names; None where what stands in its place is another thing, and secret."""
    own = schema in HOSTED and getattr(plugin, "mode", None) != "cloud"  # ntfy's own has no host in its URL
    return (plugin.host or None) if own else None


def without_secret(said: str, url: str, host: str | None) -> str:
    """Return what a service is said to have answered, without what of its URL might be secret: all but the host."""
    parts = {each for each in re.split(r"[/:@?&=]+", url) if len(each) >= SECRET_PART and each != host}
    for part in sorted(parts, key=len, reverse=True):
        said = said.replace(part, "***")
    return said


def _notify(plugin: Service, trust: Trust, title: str, body: str) -> tuple[bool, str]:
    """Send; return whether it was taken, and what apprise logged of the answer."""
    heard = _Heard()
    logger = logging.getLogger("apprise")
    logger.addHandler(heard)
    try:
        with trust.bundled() as authorities:
            plugin.verify_certificate = True if authorities is None else str(authorities)
            return bool(plugin.notify(body=body, title=title, body_format="text")), " ".join(heard.lines)
    finally:
        logger.removeHandler(heard)


class _Heard(logging.Handler):
    """What apprise logs in this thread: the only place where it says why a service did not take a message."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread = threading.get_ident()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread != self._thread:
            return
        if record.levelno >= logging.WARNING:
            self.lines.append(record.getMessage())
        elif below := BELOW.search(record.getMessage()):
            self.lines.append(f"({below[1].strip()})")
            if UNKNOWN_AUTHORITY.search(below[1]):
                self.lines.append(OWN_AUTHORITY)
