"""The links of a mail, from the mailbox to the rule that they mute and the message that they acknowledge."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from installation import Installation, client_of, eventually, installation, working
from notifying import SENDER, Mailbox
from onlooker_notifier.__main__ import compose
from onlooker_notifier.following import desk
from onlooker_notifier.links.tokens import LASTING, Signer
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_shared.aws import Aws
from onlooker_shared.queue.sender import Sender
from onlooker_shared.service import Service
from recognitions import an_image, recognized

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
URL = "https://onlooker.example.com"
ALL = ["acknowledge", "mute-1h", "mute-8h", "mute-1d"]


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws) as made:
        yield made


@pytest.fixture
async def service(here: Installation, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    for name, value in {"EMAIL_FROM": SENDER, "VERIFY_SENDER": "true", "LINK_URL": f"{URL}/", "KEY": KEY}.items():
        monkeypatch.setenv(f"ONLOOKER_NOTIFIER_{name}", value)
    async with compose(here.aws, here.common) as composed:
        yield composed


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with an access key."""
    async with client_of(service) as made:
        yield made


@pytest.fixture
async def reader(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with nothing but a mail."""
    async with client_of(service) as made:
        del made.headers["Authorization"]
        yield made


async def a_rule(client: httpx.AsyncClient, mailbox: Mailbox, **more: Any) -> dict[str, Any]:
    told = {"name": "Ann <at> the door", "channels": [{"type": "email", "to": mailbox.address}], "digest_interval": 0}
    answer = await client.post("/alerts/rules", json={**told, **more})
    assert answer.status_code == 201, answer.text
    rule: dict[str, Any] = answer.json()
    return rule


@pytest.fixture
async def rule(client: httpx.AsyncClient, mailbox: Mailbox) -> dict[str, Any]:
    others = [{"type": "email", "to": f"boss-{mailbox.address}"}]
    return await a_rule(client, mailbox, escalation={"after": 3600, "channels": others})


@pytest.fixture
async def mail(
    rule: dict[str, Any], here: Installation, service: Service, client: httpx.AsyncClient, mailbox: Mailbox
) -> dict[str, Any]:
    """What the rule tells of a picture."""
    sender = Sender(await here.aws.client("sqs"), await here.aws.queue_url(here.topology.notifier.name))
    await sender.send(recognized(an_image("cat.jpg")))

    async def recorded() -> list[Any]:
        found: list[Any] = (await client.get("/alerts/deliveries")).json()["deliveries"]
        return found

    async with working(service):
        await eventually(recorded)
    [mail] = await mailbox.mails()
    return mail


def links(mail: dict[str, Any]) -> list[str]:
    return re.findall(rf"{URL}(/alerts/links/\S+)", mail["BodyText"])


def token(mail: dict[str, Any]) -> str:
    return links(mail)[0].partition("?")[0]


async def test_a_mail_has_links_in_both_of_its_parts_and_its_record_has_none(
    mail: dict[str, Any], client: httpx.AsyncClient, rule: dict[str, Any]
) -> None:
    assert [link.partition("?do=")[2] for link in links(mail)] == ALL
    assert all(f'href="{URL}{link}"' in mail["BodyHtml"] for link in links(mail))
    [delivery] = (await client.get("/alerts/deliveries")).json()["deliveries"]
    assert "/alerts/links" not in str(delivery), "whoever may read what was sent may not mute by it"
    assert rule["rule_id"] not in token(mail)


async def test_to_open_a_link_changes_nothing_and_its_page_is_kept_to_whoever_opened_it(
    mail: dict[str, Any], client: httpx.AsyncClient, reader: httpx.AsyncClient, rule: dict[str, Any]
) -> None:
    for link in links(mail):
        for answer in (await reader.get(link), await reader.head(link)):
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    page = (await reader.get(links(mail)[2])).text
    assert re.findall(r'action="\?do=([\w-]+)"', page) == ["mute-8h", "acknowledge", "mute-1h", "mute-1d"]
    assert "<h1>Mute this rule for 8 hours?</h1>" in page
    assert "Ann &lt;at&gt; the door" in page
    assert (await client.get(f"/alerts/rules/{rule['rule_id']}")).json() == rule
    [delivery] = (await client.get("/alerts/deliveries")).json()["deliveries"]
    assert delivery["standing"] == {"acknowledged": None, "escalated_at": None, "dropped": None}


async def test_a_press_of_the_button_mutes_the_rule_and_never_shortens_that(
    mail: dict[str, Any], client: httpx.AsyncClient, reader: httpx.AsyncClient, rule: dict[str, Any]
) -> None:
    _, hour, _, day = links(mail)
    assert "tells nobody until" in (await reader.post(day)).text
    muted = (await client.get(f"/alerts/rules/{rule['rule_id']}")).json()["muted_until"]
    assert muted is not None
    answer = await reader.post(hour)
    assert answer.status_code == 200
    assert (await client.get(f"/alerts/rules/{rule['rule_id']}")).json()["muted_until"] == muted
    assert "It is muted until" in (await reader.get(hour)).text


async def test_a_press_of_the_button_acknowledges_the_message_and_again_changes_nothing(
    mail: dict[str, Any], client: httpx.AsyncClient, reader: httpx.AsyncClient
) -> None:
    for _ in range(2):
        answer = await reader.post(links(mail)[0])
        assert answer.status_code == 200
        assert "was acknowledged at" in answer.text
    [delivery] = (await client.get("/alerts/deliveries")).json()["deliveries"]
    first = delivery["standing"]["acknowledged"]
    assert (first["by"], first["delivery_id"]) == (None, delivery["delivery_id"])

    again = await client.post(f"/alerts/deliveries/{delivery['delivery_id']}/acknowledge")
    assert again.json() == first, "who was first counts"


async def test_a_key_acknowledges_what_it_may_write_and_what_escalates(
    mail: dict[str, Any], client: httpx.AsyncClient, reader: httpx.AsyncClient
) -> None:
    [delivery] = (await client.get("/alerts/deliveries")).json()["deliveries"]
    at = f"/alerts/deliveries/{delivery['delivery_id']}/acknowledge"
    assert (await reader.post(at)).status_code == 401
    answer = await client.post(at)
    assert answer.status_code == 200, answer.text
    assert answer.json()["by"] == "tests", "whose the key is"
    assert (await client.post(at)).json() == answer.json()
    assert (await client.post("/alerts/deliveries/1800000000000-0123456789abcdef/acknowledge")).status_code == 404
    assert (await client.post("/alerts/deliveries/nonsense/acknowledge")).status_code == 422


async def test_a_link_of_a_rule_that_is_gone_says_so(
    mail: dict[str, Any], client: httpx.AsyncClient, reader: httpx.AsyncClient, rule: dict[str, Any]
) -> None:
    assert (await client.delete(f"/alerts/rules/{rule['rule_id']}")).status_code == 204
    for answer in (await reader.get(token(mail)), await reader.post(links(mail)[1])):
        assert answer.status_code == 410
        assert "was deleted" in answer.text


async def test_what_is_no_link_or_not_any_more_is_told_in_words(
    mail: dict[str, Any], reader: httpx.AsyncClient, client: httpx.AsyncClient, rule: dict[str, Any]
) -> None:
    at = token(mail)
    for forged in (
        at[:-1],
        f"{at[:-2]}{'A' if at[-2] != 'A' else 'B'}{at[-1]}",
        "/alerts/links/x",
        "/alerts/links/%00",
    ):
        answer = await reader.post(f"{forged}?do=mute-1h")
        assert (answer.status_code, "no link of Onlooker" in answer.text) == (404, True), forged
    old = Signer(b"01234567890123456789012345678901").token(rule["rule_id"], None, "", -LASTING)
    answer = await reader.post(f"/alerts/links/{old}?do=mute-1h")
    assert (answer.status_code, "expired" in answer.text) == (410, True)
    for nothing in ("", "?do=", "?do=delete"):
        assert (await reader.post(f"{at}{nothing}")).status_code == 422
    assert (await reader.put(at)).status_code == 405
    assert (await client.get(f"/alerts/rules/{rule['rule_id']}")).json()["muted_until"] is None


async def test_a_rule_that_does_not_escalate_has_links_that_mute_alone(
    client: httpx.AsyncClient, reader: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    rule = await a_rule(client, mailbox)
    signer = Signer(b"01234567890123456789012345678901")
    at = f"/alerts/links/{signer.token(rule['rule_id'], None, '', 4_000_000_000)}"
    assert "cknowledge" not in (await reader.get(f"{at}?do=acknowledge")).text
    assert (await reader.post(f"{at}?do=acknowledge")).status_code == 422


async def test_links_can_be_used_so_often_and_forged_ones_hold_up_no_others(
    mail: dict[str, Any], reader: httpx.AsyncClient
) -> None:
    forged = [await reader.get("/alerts/links/x") for _ in range(desk.BURST + 1)]
    assert [answer.status_code for answer in forged] == [404] * desk.BURST + [429]
    assert int(forged[-1].headers["Retry-After"]) <= desk.EVERY
    answers = await asyncio.gather(*(reader.get(token(mail)) for _ in range(desk.BURST + 1)))
    assert sorted(answer.status_code for answer in answers) == [200] * desk.BURST + [429]


async def test_no_log_has_a_link(
    mail: dict[str, Any], reader: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    at = token(mail)
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        await reader.request(method, at)
        await reader.request(method, f"{at}?do=mute-1h")
        await reader.request(method, f"{at}/more")
    assert at.rpartition("/")[2] not in "".join(capsys.readouterr())


async def test_a_fault_is_told_and_the_log_has_no_link_either(
    mail: dict[str, Any], reader: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: object) -> frozenset[str]:
        raise ValueError("a bug")

    monkeypatch.setattr(Rulebook, "ids", broken)
    answer = await reader.get(token(mail))
    assert (answer.status_code, "did not work" in answer.text) == (500, True)
    logged = "".join(capsys.readouterr())
    assert "ValueError" in logged
    assert token(mail).rpartition("/")[2] not in logged
