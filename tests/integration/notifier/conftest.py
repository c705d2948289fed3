"""An instance of the notifier around a test, and a mailbox that no other test has."""

import ssl
import uuid
from collections.abc import AsyncIterator, Iterator

import certifi
import pytest

from emulator import Emulator
from installation import installation
from notifying import SENDER, Clock, Mailbox, Parts, parts_of
from onlooker_shared.aws import Aws


@pytest.fixture(scope="module", autouse=True)
def _few_authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have a single public authority: to read them all takes a notifier longer than a test, and none is met here."""
    file = tmp_path_factory.mktemp("authorities") / "one.pem"
    one, end, _ = certifi.contents().partition("-----END CERTIFICATE-----")
    file.write_text(f"{one}{end}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certifi, "where", lambda: str(file))
        patch.setattr(ssl.SSLContext, "load_default_certs", lambda *_: None)
        yield


@pytest.fixture(autouse=True)
def nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no mail wait for its picture: no annotator runs here."""
    monkeypatch.setenv("ONLOOKER_NOTIFIER_PICTURE_WAIT", "0")


@pytest.fixture
def mailbox(emulator: Emulator) -> Mailbox:
    return Mailbox(emulator, f"{uuid.uuid4().hex}@example.com")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def parts(aws: Aws, clock: Clock) -> AsyncIterator[Parts]:
    async with installation(aws, tables_only=True) as here:
        await (await here.aws.client("ses")).verify_email_identity(EmailAddress=SENDER)
        yield await parts_of(here, clock)
