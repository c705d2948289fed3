"""Which services run and what is wrong with them, whether each is a process of its own or all are one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from onlooker_console.apis import AwayError, FailedError, Outcome
from onlooker_console.processes import Process, RunningService, Told, ailing, here, process

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def about(*names: str) -> Outcome[Any]:
    services = [{"name": name, "version": "1.2.3", "queue": None, "messages": None} for name in names]
    requests = {"answered": 12, "faults": 1}
    return Outcome({"started_at": "2026-11-21T11:00:00Z", "requests": requests, "services": services})


def ready(**checks: str) -> Outcome[Any]:
    return Outcome({"ready": True, "checks": checks})


def unready(checks: dict[str, str]) -> Outcome[Any]:
    return Outcome(error=AwayError("Search answered 503.", answer={"ready": False, "checks": checks}))


def shown(names: list[str], about: Outcome[Any], ready: Outcome[Any]) -> tuple[Process, dict[str, RunningService]]:
    found = process(Told(names, about, ready), NOW)
    return found, {each.name: each for each in found.services}


def test_a_process_tells_since_when_it_runs_and_what_it_did() -> None:
    found, services = shown(["tagger"], about("tagger"), ready(index="ok"))
    assert (found.started_at, found.running_seconds) == ("2026-11-21T11:00:00Z", 3600)
    assert (found.answered, found.faults) == (12, 1)
    assert (services["tagger"].state, services["tagger"].version) == ("up", "1.2.3")


def test_services_in_one_process_are_troubled_each_by_its_own_checks() -> None:
    names = ["ingest", "tagger"]
    checks = {"ingest.s3": "ok", "tagger.index": "the disk is full", "console.sessions": "away"}
    _, services = shown(names, about("ingest", "tagger", "console"), unready(checks))
    assert {name: each.state for name, each in services.items()} == {
        "ingest": "up",
        "tagger": "troubled",
        "console": "troubled",
    }
    assert services["tagger"].troubles == ("index: the disk is full",)


def test_a_service_alone_names_its_checks_without_itself() -> None:
    _, services = shown(["tagger"], about("tagger"), unready({"index": "ok", "sqs": "it is away"}))
    assert services["tagger"].troubles == ("sqs: it is away",)


def test_a_service_that_does_not_answer_is_away() -> None:
    away = AwayError("Search does not answer just now.")
    found, services = shown(["tagger"], Outcome(error=away), Outcome(error=away))
    assert services["tagger"].state == "away"
    assert (found.started_at, found.running_seconds) == (None, None)


def test_one_that_answers_with_a_fault_is_in_trouble() -> None:
    _, services = shown(["tagger"], Outcome(error=FailedError("It failed.")), ready(index="ok"))
    assert services["tagger"].state == "troubled"


def test_readiness_that_does_not_answer_is_a_trouble_of_all() -> None:
    late: Outcome[Any] = Outcome(error=AwayError("It does not answer just now."))
    _, services = shown(["ingest", "tagger"], about("ingest", "tagger"), late)
    assert [each.troubles for each in services.values()] == [("It does not answer just now.",)] * 2


def test_services_behind_a_gateway_of_which_one_answers_are_not_called_broken() -> None:
    found, services = shown(["ingest", "tagger"], about("ingest"), ready(s3="ok"))
    assert (services["ingest"].state, services["tagger"].state) == ("up", "untold")
    assert found.told == 1
    assert ailing([found]) == ()


@pytest.mark.parametrize("answer", [None, {}, {"checks": "nonsense"}, ["what"]], ids=str)
def test_an_answer_of_a_gateway_is_shown_by_its_words(answer: Any) -> None:
    _, services = shown(["tagger"], about("tagger"), Outcome(error=AwayError("It answered 502.", answer=answer)))
    assert services["tagger"].troubles == ("It answered 502.",)


def test_what_is_wrong_is_found_in_every_process() -> None:
    away: Outcome[Any] = Outcome(error=AwayError("away"))
    processes = [
        process(Told(["ingest"], about("ingest"), ready(s3="ok")), NOW),
        process(Told(["tagger"], away, away), NOW),
        here("1.2.3"),
    ]
    assert [each.name for each in ailing(processes)] == ["tagger"]
