"""`onlooker alerts`: what is asked of the installation, and printed of its answers."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from onlooker import __main__
from onlooker.client import ApiError, OnlookerClient
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError, NotFoundError
from trials import a_trial

FIRST, SECOND, THIRD = (f"176376240{number}000-0123456789abcdef" for number in (3, 2, 1))
"""Deliveries, newest first."""
ACKNOWLEDGED = {"at": "2026-11-22T11:40:00Z", "by": "Ann", "delivery_id": FIRST}


def rule(rule_id: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "rule_id": rule_id,
        "name": name,
        "enabled": True,
        "muted_until": None,
        "channels": [],
        "version": 1,
        **more,
    }


def channel(channel_id: str, name: str, **fuse: Any) -> dict[str, Any]:
    whole = {"state": "closed", "failures": 0, "failing_since": None, "open_until": None, "reason": ""}
    return {"channel_id": channel_id, "name": name, "type": "webhook", "fuse": whole | fuse}


def delivery(delivery_id: str, **more: Any) -> dict[str, Any]:
    outcome = {"status": "sent", "at": "2026-11-22T11:30:00Z", "reason": None, "answer": None, "given_up": False}
    return {
        "delivery_id": delivery_id,
        "channel_name": None,
        "target": "a@example.com",
        "subject": "Ann [red] was seen at the door at 11:30",
        "outcome": outcome,
        "escalation_id": "one",
        "standing": None,
        **more,
    }


def standing(**more: Any) -> dict[str, Any]:
    return {"acknowledged": None, "escalated_at": None, "dropped": None, **more}


class Installation(OnlookerClient):
    """Has what a test gives it, and notes what changes."""

    def __init__(self) -> None:
        self.rulebook_now = [rule("door", "The door")]
        self.wired: list[dict[str, Any]] = []
        self.told = [delivery(FIRST), delivery(SECOND, escalation_id=None)]
        self.forbidden, self.refused = False, 0
        self.acknowledged: list[str] = []
        self.trial: dict[str, Any] = {
            "pictures": [],
            "told": 0,
            "sent": 0,
            "messages": [],
            "absences": [],
            "channels": 1,
            "enabled": True,
            "muted_until": None,
            "zone": "Europe/Berlin",
            "complete": True,
        }
        self.plan: dict[str, Any] = {"created": ["yard"], "changed": [], "deleted": ["door"], "unchanged": 2}
        self.put: list[tuple[bytes, bool]] = []
        self.tried: list[str] = []

    async def rules(self) -> list[dict[str, Any]]:
        return self.rulebook_now

    async def rulebook(self) -> str:
        return "rules: []\n"

    async def channels(self) -> list[dict[str, Any]]:
        return self.wired

    async def deliveries(self, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
        if self.refused:
            raise ApiError(self.refused, "Not now, or not with this key.")
        at = int(cursor or 0)  # one a page
        return {"deliveries": self.told[at : at + 1], "cursor": str(at + 1) if at + 1 < len(self.told) else None}

    async def decisions(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return {"decisions": [], "cursor": None}

    async def acknowledge(self, delivery_id: str) -> dict[str, Any]:
        self.acknowledged.append(delivery_id)
        return ACKNOWLEDGED

    async def try_rule(self, rule_id: str, pictures: int) -> dict[str, Any]:
        self.tried.append(rule_id)
        return self.trial

    async def rulebook_etag(self) -> str:
        if self.forbidden:
            raise ApiError(403, "This access key lacks the scope 'alerts:read'.")
        return '"one"'

    async def put_rulebook(self, document: bytes, *, dry_run: bool, etag: str | None = None) -> dict[str, Any]:
        assert etag == (None if self.forbidden else '"one"')
        self.put.append((document, dry_run))
        return self.plan


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation()

    @contextlib.asynccontextmanager
    async def client(_: Target) -> AsyncIterator[OnlookerClient]:
        yield made

    monkeypatch.setattr(Target, "client", client)
    monkeypatch.setenv("COLUMNS", "80")
    return made


def run(*arguments: str, answer: str | None = None) -> Any:
    return CliRunner().invoke(__main__.app, ["alerts", *arguments], input=answer)


def words_of(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (None, "Acknowledged by Ann, 2026-11-22 11:40 (UTC): it is not escalated."),
        (standing(acknowledged=ACKNOWLEDGED), "It was acknowledged before: by Ann, 2026-11-22 11:40 (UTC)."),
        (standing(escalated_at="2026-11-22T11:35:00Z"), "It was escalated before: others know of it, too."),
        (standing(dropped="muted"), "It would not have been escalated any more."),
    ],
    ids=["awaited", "acknowledged", "escalated", "dropped"],
)
def test_who_acknowledges_is_told_what_that_came_to(
    installation: Installation, before: dict[str, Any] | None, words: str
) -> None:
    installation.told = [delivery(FIRST, escalation_id=None), delivery(SECOND, standing=before), delivery(THIRD)]
    done = run("acknowledge", SECOND)
    assert done.exit_code == 0
    assert words in done.stdout
    assert installation.acknowledged == [SECOND]


@pytest.mark.parametrize("status", [403, 503])
def test_who_cannot_read_deliveries_acknowledges_one_all_the_same(installation: Installation, status: int) -> None:
    installation.refused = status
    assert "Acknowledged by Ann, 2026-11-22 11:40 (UTC)." in run("acknowledge", THIRD).stdout
    assert json.loads(run("acknowledge", THIRD, "--json").stdout) == ACKNOWLEDGED


@pytest.mark.parametrize("command", ["acknowledge", "again"])
def test_what_is_no_id_of_a_delivery_is_not_asked_for(installation: Installation, command: str) -> None:
    ended = run(command, "door")
    assert isinstance(ended.exception, NotFoundError)
    assert "`onlooker alerts sent` lists them" in str(ended.exception)
    assert installation.acknowledged == []


def test_what_was_sent_is_listed_with_who_has_seen_to_it_and_ids_to_copy(installation: Installation) -> None:
    refused = {"status": "failed", "at": "2026-11-22T11:20:00Z", "reason": "No such [b]", "given_up": True}
    installation.told = [
        delivery(FIRST, standing=standing(acknowledged=ACKNOWLEDGED | {"by": None}), outcome=refused),
    ]
    listed = run("sent").stdout
    assert FIRST in listed
    assert "given up" in listed
    assert "Ann [red] was seen" in listed
    assert "No such [b]" in listed
    assert "acknowledged by the link in a mail, 2026-11-22 11:40" in words_of(listed)
    assert "onlooker alerts acknowledge" not in listed, "there is nothing to acknowledge"
    installation.told = [delivery(SECOND, standing=standing(dropped="muted"))]
    assert "by nobody, and not escalated: the rule was muted" in words_of(run("sent").stdout).replace(" to ", " ")
    for awaited in (None, standing(escalated_at="2026-11-22T11:35:00Z")):
        installation.told = [delivery(THIRD, standing=awaited)]
        listed = words_of(run("sent").stdout)
        assert "acknowledged by nobody" in listed
        assert "onlooker alerts acknowledge DELIVERY" in listed
    assert max(map(len, run("sent").stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("rules", "onlooker alerts import"),
        ("channels", "make them in the console"),
        ("sent", "onlooker alerts decisions"),
        ("decisions", "onlooker alerts test RULE"),
    ],
)
def test_where_there_is_nothing_it_is_said_what_to_do_next(
    installation: Installation, command: str, words: str
) -> None:
    installation.rulebook_now, installation.told = [], []
    assert words in run(command).stdout
    assert json.loads(run(command, "--json").stdout) == []


def test_a_rule_that_tells_nobody_now_is_listed_so(installation: Installation) -> None:
    past, future = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
    installation.rulebook_now = [
        rule("a", "A", enabled=False),
        rule("b", "B", muted_until=future),
        rule("c", "C", muted_until=past),
    ]
    listed = words_of(run("rules").stdout)
    assert "a A off nobody 1" in listed
    assert "muted until 2999-01-01" in listed
    assert "c C on nobody 1" in listed


def test_a_channel_that_fails_is_listed_with_since_when_and_why(installation: Installation) -> None:
    installation.wired = [
        channel("1" * 32, "Works"),
        channel("2" * 32, "Not", state="open", failures=1, failing_since=0.0, open_until=60.0, reason="no [b] route"),
    ]
    listed = words_of(run("channels").stdout)
    assert "Works webhook works" in listed
    assert "2" * 32 in listed
    assert "failed 1 time since 1970-01-01" in listed
    assert "no [b] route" in listed


def test_a_rule_is_found_by_its_name_in_any_case_of_letters_or_its_id(installation: Installation) -> None:
    installation.rulebook_now = [rule("door", "The door"), rule("yard", "Yard"), rule("other", "yard")]
    run("test", "the DOOR")
    run("test", "door")
    assert installation.tried == ["door", "door"]
    assert "yard, other" in str(run("test", "YARD").exception)
    assert "`onlooker alerts rules` lists them" in str(run("test", "nobody").exception)


def test_a_trial_says_what_would_be_told_why_not_and_what_is_in_the_way(installation: Installation) -> None:
    assert "There are no pictures yet" in run("test", "door").stdout
    silent = {"key": "a[b].jpg", "tells": False, "why_not": {"reason": "there is no face"}, "message": None}
    again = silent | {"why_not": {"reason": "told before: Ann"}, "until": "2026-11-22T13:40:00+01:00"}
    told_of = {"key": "c.jpg", "tells": True, "why_not": None, "message": 3, "persons": ["Ann"]}
    found: dict[str, Any] = {"persons": [], "labels": [], "texts": [], "faces": [], "until": None}
    message = {"at": "2026-11-22T12:40:00+01:00", "subject": "Ann [b]", "remark": "Held.", "pictures": 1}
    first = message | {"number": 3, "occasion": "at_once", "waiting": False}
    second = message | {"number": 4, "occasion": "interval", "waiting": True}
    installation.trial |= {
        "pictures": [found | silent, found | again, found | told_of],
        "told": 1,
        "sent": 4,
        "messages": [first, second],
        "absences": [{"since": "2026-11-22T08:00:00Z", "told_at": "2026-11-22T08:30:10Z"}],
        "channels": 0,
        "enabled": False,
        "complete": False,
    }
    told = words_of(run("test", "door").stdout)
    assert "a[b].jpg no there is no face" in told
    assert "c.jpg message 3 Ann" in told
    assert "when (Europe/Berlin)" in told
    assert "no told before: Ann, until 2026-11-22 13:40" in told
    assert "3 2026-11-22 12:40 1 Ann [b] at once Held." in told
    assert "4 2026-11-22 12:40 1 Ann [b] waits for more" in told
    assert "Of the messages, the last 2 are shown." in told
    assert "Nothing came from 2026-11-22 08:00 on: it would have told of that at 2026-11-22 08:30" in told
    assert "It would tell of 1 of the 3 pictures looked at, in 4 messages." in told
    assert "newer ones may be missing" in told
    assert "The rule is off" in told
    assert "nobody would hear of it" in told


def test_a_trial_is_printed_as_the_notifier_answers_it(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    installation.trial = a_trial()
    told = words_of(run("test", "door").stdout)
    assert "door/<2>.jpg no the same was told shortly before: Ann <a>, until 2027-01-16 00:28" in told
    assert "door/1.jpg message 1" in told
    assert "1 2027-01-16 06:00 1 Ann <a> was seen at door on 15 January at 23:28, 97 % sure waits for more" in told


def test_it_asks_before_a_document_deletes_rules(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("rules: []")
    refused = run("import", str(file), answer="n\n")
    assert refused.exit_code == 1
    assert "deleted: door" in refused.stderr
    assert "Delete 1 rule?" in refused.stderr
    assert [dry for _, dry in installation.put] == [True]
    assert "deleted: door" in run("import", str(file), answer="y\n").stdout
    assert [dry for _, dry in installation.put] == [True, True, False]


def test_a_document_comes_from_standard_input_and_its_plan_as_json(installation: Installation) -> None:
    planned = run("import", "-", "--dry-run", "--json", answer="rules: []")
    assert json.loads(planned.stdout) == installation.plan
    assert installation.put == [(b"rules: []", True)]
    assert "leave out --dry-run" in run("import", "-", "--dry-run", answer="rules: []").stdout


def test_nobody_has_to_be_allowed_to_read_rules_to_give_all_of_them(installation: Installation) -> None:
    installation.forbidden = True
    assert run("import", "-", "--yes", answer="rules: []").exit_code == 0
    assert [dry for _, dry in installation.put] == [True, False]


def test_from_standard_input_rules_are_deleted_only_by_who_agreed_before(installation: Installation) -> None:
    refused = run("import", "-", answer="rules: []")
    assert "deleted: door" in refused.stderr
    assert "--yes" in str(refused.exception)
    assert installation.put == [(b"rules: []", True)]
    assert run("import", "-", "--yes", answer="rules: []").exit_code == 0
    assert installation.put[-1] == (b"rules: []", False)


def test_a_document_that_changes_nothing_is_not_sent_again(installation: Installation) -> None:
    installation.plan |= {"created": [], "deleted": []}
    assert run("import", "-", answer="rules: []").stdout == "unchanged: 2\n"
    assert len(installation.put) == 1


def test_rules_are_written_to_a_file_or_it_is_said_why_not(installation: Installation, tmp_path: Path) -> None:
    assert run("export").stdout == "rules: []\n"
    assert run("export", str(tmp_path / "rules.yaml")).stdout == ""
    assert (tmp_path / "rules.yaml").read_text() == "rules: []\n"
    assert isinstance(run("export", str(tmp_path / "no" / "rules.yaml")).exception, ConfigurationError)


@pytest.mark.parametrize("length", ["soon", "0m", "-1h", "367d"])
def test_a_rule_is_muted_for_a_time_that_is_one(installation: Installation, length: str) -> None:
    ended = run("mute", "door", "--for", length)
    assert ended.exit_code == 2
    assert ended.exception.code == 2
