"""`onlooker alerts` against the API as it is deployed."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
import uvicorn
from typer.testing import CliRunner

from installation import Installation, installation
from letterbox import a_message
from onlooker import __main__
from onlooker.client import ApiError
from onlooker_notifier.__main__ import compose
from onlooker_notifier.deciding.decisions import Decided, Decision
from onlooker_notifier.delivering.deliveries import Deliveries, Delivery, Outcome
from onlooker_notifier.delivering.packing import packed
from onlooker_notifier.escalating.records import Expected
from onlooker_notifier.escalating.store import EscalationStore
from onlooker_shared.aws import Aws
from onlooker_shared.errors import NotFoundError
from onlooker_shared.keys import KeyStore, Scope
from onlooker_shared.run import listen
from onlooker_shared.web.app import create_app

DOOR = """
rules:
- rule_id: door
  name: Somebody [red] at the door
  when: {faces: {at_least: 1}}
  channels: [{type: email, to: a@example.com}]
"""


async def run(*arguments: str) -> Any:
    """Run the command beside the server that it asks."""
    return await asyncio.to_thread(CliRunner().invoke, __main__.app, ["alerts", *arguments])


@asynccontextmanager
async def served(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installation]:
    """Have the notifier answer, and the command know where."""
    async with installation(aws) as installed, compose(aws, installed.common) as service:
        keys = KeyStore(await aws.client("dynamodb"), installed.topology.access_keys.name)
        with listen("127.0.0.1", 0) as listener:
            monkeypatch.setenv("ONLOOKER_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
            monkeypatch.setenv(
                "ONLOOKER_KEY", await keys.create(owner="me", scopes=[Scope.ALERTS_READ, Scope.ALERTS_WRITE])
            )
            monkeypatch.setenv("COLUMNS", "200")
            server = uvicorn.Server(uvicorn.Config(create_app([service], keys), log_config=None, lifespan="off"))
            serving = asyncio.create_task(server._serve([listener]))
            try:
                yield installed
            finally:
                server.should_exit = True
                await serving


async def test_rules_come_from_a_file_go_into_one_and_are_tried(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, copy = tmp_path / "rules.yaml", tmp_path / "copy.yaml"
    file.write_text(DOOR)
    async with served(aws, monkeypatch):
        planned = await run("import", str(file), "--dry-run")
        assert "created: door" in planned.stdout
        assert "Somebody" not in (await run("rules")).stdout
        assert (await run("import", str(file), "--yes")).exit_code == 0
        assert "Somebody [red] at the door" in (await run("rules")).stdout
        assert (await run("export", str(copy))).exit_code == 0
        again = await run("import", str(copy), "--dry-run")
        assert "unchanged: 1" in again.stdout
        assert "changed: door" not in again.stdout
        tried = await run("test", "Somebody [red] at the door", "--json")
        assert '"told": 0' in tried.stdout
        unknown = await run("test", "nobody")
        assert "There are no channels" in (await run("channels")).stdout
        assert "Nothing was sent yet" in (await run("sent")).stdout
    assert isinstance(unknown.exception, NotFoundError)


async def test_no_rule_is_deleted_that_somebody_makes_while_it_is_asked_about_others(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("rules: []\n")
    asked: list[str] = []

    def meanwhile(question: str, **_: Any) -> None:
        asked.append(question)
        key = {"Authorization": f"Bearer {os.environ['ONLOOKER_KEY']}"}
        made = {"name": "The yard", "when": {"faces": {"at_least": 1}}}
        httpx.post(f"{os.environ['ONLOOKER_URL']}/alerts/rules", json=made, headers=key).raise_for_status()

    monkeypatch.setattr(typer, "confirm", meanwhile)
    async with served(aws, monkeypatch):
        late = await run("import", str(file))
        left = await run("rules")
    assert asked == ["Delete 1 rule?"]
    assert "Somebody changed the rules since" in str(late.exception)
    assert "picture-recognized" in left.stdout
    assert "The yard" in left.stdout


async def test_a_rule_is_muted_for_a_while_and_tells_again(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rules.yaml").write_text(DOOR)
    async with served(aws, monkeypatch):
        await run("import", str(tmp_path / "rules.yaml"), "--yes")
        muted = await run("mute", "Somebody [red] at the door", "--for", "2h")
        odd = await run("mute", "door", "--for", "soon")
        told = await run("unmute", "door")
    assert "Somebody [red] at the door is muted until 20" in muted.stdout
    assert (muted.exit_code, odd.exit_code, told.exit_code) == (0, 2, 0)
    assert "tells again." in told.stdout


async def test_why_nothing_was_told_is_listed_by_rule_and_picture(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(aws, monkeypatch) as installed:
        decided = Decided(await aws.client("dynamodb"), installed.topology.alert_notices.name)
        for number, (reason, picture) in enumerate((("cooling_down", "a"), ("muted", "b"))):
            decision = Decision(
                rule_id="picture-recognized",
                rule_name="Any [picture]",
                decision="not_told",
                reason=reason,
                about=("Ann",) if reason == "cooling_down" else (),
                image_ids=(picture * 32,),
                decided_at=datetime.now(UTC),
            )
            await decided.record(f"{number}", [decision])
        listed = (await run("decisions")).stdout
        of_picture = (await run("decisions", "picture-recognized", "--picture", "b" * 32)).stdout
    assert "the same was told shortly before: Ann" in listed
    assert "Any [picture]" in listed
    assert "the rule was muted" in of_picture
    assert "Ann" not in of_picture


def a_delivery(at: datetime, **more: Any) -> Delivery:
    message = a_message()
    return Delivery(
        **{
            "delivery_id": f"{round(at.timestamp() * 1000):013d}-{'0' * 16}",
            "rule_id": "cats",
            "rule_name": "Cats",
            "channel": "sns",
            "target": "arn:aws:sns:us-east-1:000000000000:nowhere",
            "outcome": Outcome(status="sent", at=at),
            "pictures": 1,
            "image_ids": (),
            "subject": message.letter.subject,
            "text": message.letter.text,
            "begun_at": at,
            **more,
        }
    )


async def test_a_message_is_acknowledged_and_later_ones_are_told_by_whom(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.now(UTC)
    kept = a_delivery(at, escalation_id="cats-1")
    quiet = a_delivery(at - timedelta(seconds=1))
    async with served(aws, monkeypatch) as installed:
        dynamodb = await aws.client("dynamodb")
        deliveries = Deliveries(dynamodb, installed.topology.alert_deliveries.name)
        for each in (kept, quiet):
            await deliveries.record(each)
        expected = Expected(
            escalation_id="cats-1",
            rule_id="cats",
            rule_name="Cats",
            delivery_ids=(kept.delivery_id,),
            begun_at=at.timestamp(),
            counts_from=at.timestamp(),
        )
        store = EscalationStore(dynamodb, installed.topology.alert_notices.name, timedelta(days=1))
        await store.expect(expected, [])
        awaited = (await run("sent")).stdout
        first = await run("acknowledge", kept.delivery_id)
        second = await run("acknowledge", kept.delivery_id)
        listed = (await run("sent")).stdout
        nothing = await run("acknowledge", quiet.delivery_id)
        gone = await run("acknowledge", f"{kept.delivery_id}0")
    assert "acknowledged by nobody yet" in awaited
    assert "Acknowledged by me, " in first.stdout
    assert "(UTC): it is not escalated." in first.stdout
    assert "It was acknowledged before: by me, " in second.stdout
    assert "acknowledged by me, " in listed
    assert "there is nothing to acknowledge" in str(nothing.exception)
    assert isinstance(gone.exception, ApiError)


async def test_a_message_is_sent_again_and_what_cannot_be_says_why(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    message, kept = a_message(), a_delivery(datetime.now(UTC))
    delivery_id = kept.delivery_id
    async with served(aws, monkeypatch) as installed:
        deliveries = Deliveries(await aws.client("dynamodb"), installed.topology.alert_deliveries.name)
        await deliveries.record(kept, packed(message))
        sent = await run("again", delivery_id)
        gone = await run("again", f"{delivery_id}0")
        listed = (await run("sent")).stdout
    assert sent.exit_code == 1, "there is no such topic"
    assert "failed: NotFound: Topic does not exist" in sent.stdout
    assert isinstance(gone.exception, ApiError)
    assert delivery_id in listed
    assert listed.count(message.letter.subject) == 2
