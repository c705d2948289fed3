"""What `onlooker queues`, `redrive` and `doctor` make of what the services tell of their queues."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer

from onlooker import client, diagnosis
from onlooker.commands import doctor, queues, sweep
from onlooker.datafolder import DataFolder
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError

LETTER = {"message_id": "m", "reason": "truncated", "bucket": "images", "key": "a.jpg", "summary": "images/a.jpg"}


class Services:
    """Four services; the recognizer's dead letters die again at once if `hopeless`."""

    def __init__(self, dead: int, *, hopeless: bool = False, refuses: int | None = None) -> None:
        self.dead = dead
        self.hopeless = hopeless
        self.refuses = refuses
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        assert request.headers["Authorization"] == "Bearer olk_there"
        if request.url.path == "/readyz":
            return httpx.Response(200, json={"checks": {"sqs": "ok"}})
        if request.url.path == "/tags/statistics":
            return httpx.Response(200, json={})
        if self.refuses:
            return httpx.Response(self.refuses, json={"detail": "It takes the scope admin."})
        service = request.url.path.split("/")[2]
        if request.url.path.startswith("/sweeps/"):
            return httpx.Response(200, json={"looked_at": 1_200, "sent_on": 0})
        dead = self.dead if service == "recognizer" else 0
        if request.method == "POST":
            moved = min(500, dead)
            self.dead -= 0 if self.hopeless else moved
            return httpx.Response(200, json={"redriven": moved, "dead": self.dead})
        letters = [LETTER] * min(dead, int(request.url.params["letters"]))
        counts = {"waiting": 1, "delayed": 2, "in_work": 0, "oldest_seconds": None, "dead": dead}
        return httpx.Response(
            200, json={"service": service, "name": f"onlooker-{service}", "dead_letters": letters, **counts}
        )


Install = Callable[[Services], Services]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts an installation where ONLOOKER_URL says."""
    monkeypatch.setenv("ONLOOKER_URL", "http://there")
    monkeypatch.setenv("ONLOOKER_KEY", "olk_there")
    original = httpx.AsyncClient

    def installed(services: Services) -> Services:
        def opened(**more: Any) -> httpx.AsyncClient:
            return original(transport=httpx.MockTransport(services), **more)

        monkeypatch.setattr(client.httpx, "AsyncClient", opened)
        return services

    return installed


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that nothing is in: URL and key suffice."""
    return tmp_path


def test_what_waits_and_why_letters_are_dead_is_printed(
    install: Install, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    install(Services(dead=1))
    queues.queues(data)
    printed = capsys.readouterr().out
    assert "onlooker-notifier" in printed
    assert "dead letters of onlooker-recognizer" in printed
    assert "truncated" in printed


def test_programs_get_all_that_is_told_of_dead_letters(
    install: Install, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(Services(dead=70))
    queues.queues(data, json=True)
    found = {queue["service"]: queue for queue in json.loads(capsys.readouterr().out)}
    assert list(found) == ["recognizer", "recognizer-people", "annotator", "tagger", "notifier"]
    recognizer = found["recognizer"]
    assert (recognizer["queue"], recognizer["waiting"], recognizer["dead_letters"]) == ("onlooker-recognizer", 3, 70)
    assert recognizer["letters"] == [LETTER] * 50
    assert found["tagger"]["reasons"] == []


@pytest.mark.parametrize("named", ["recognizer", "onlooker-recognizer"])
def test_all_dead_letters_are_sent_on_however_many_requests_it_takes(
    install: Install, data: Path, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    services = install(Services(dead=1_200))
    queues.redrive(named, data)
    assert services.dead == 0
    assert services.asked.count("POST /queues/recognizer/redrive") == 3
    assert capsys.readouterr().out == f"1,200 dead letters of {named} sent on again.\n"


def test_letters_that_die_again_at_once_do_not_keep_it_for_ever(install: Install, data: Path) -> None:
    services = install(Services(dead=700, hopeless=True))
    queues.redrive("recognizer", data)
    assert services.asked.count("POST /queues/recognizer/redrive") == 2


def test_a_queue_that_there_is_not_is_told_with_those_that_are(install: Install, data: Path) -> None:
    install(Services(dead=0))
    with pytest.raises(
        ConfigurationError, match=r"no queue 'tager'.*onlooker-tagger.*recognizer, recognizer-people, annotator"
    ):
        queues.redrive("tager", data)


@pytest.mark.parametrize(
    ("services", "well", "found"),
    [
        (Services(dead=0), True, "none"),
        (Services(dead=3), False, "3 of onlooker-recognizer"),
        (Services(dead=3, refuses=403), True, "not looked for: the access key has not the scope admin"),
        (Services(dead=3, refuses=503), False, "It takes the scope admin."),
    ],
)
async def test_the_doctor_looks_at_the_installation_that_is_named_and_not_at_this_machine(
    install: Install, data: Path, services: Services, well: bool, found: str
) -> None:
    install(services)
    findings = {finding.check: finding for finding in await diagnosis.diagnose(Target(DataFolder(data)))}
    assert list(findings) == ["services", "access key", "dead letters"]
    assert findings["services"].found == "http://there: all ready"
    assert (findings["dead letters"].well, findings["dead letters"].found) == (well, found)


def test_a_sweep_and_a_diagnosis_are_there_for_programs_too(
    install: Install, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(Services(dead=3))
    sweep.sweep(data, json=True)
    assert json.loads(capsys.readouterr().out)[0] == {"service": "recognizer", "looked_at": 1_200, "sent_on": 0}
    with pytest.raises(typer.Exit):
        doctor.doctor(data, json=True)
    wrong = [each["check"] for each in json.loads(capsys.readouterr().out) if not each["well"]]
    assert wrong == ["dead letters"]


def test_of_a_worthless_key_it_is_said_where_it_is_from(install: Install, data: Path) -> None:
    install(Services(dead=0, refuses=401))
    with pytest.raises(ConfigurationError, match="It is the one of ONLOOKER_KEY"):
        queues.redrive("tagger", data)
