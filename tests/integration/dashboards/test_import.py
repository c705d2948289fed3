"""The import into OpenSearch Dashboards, from the command line to its answers."""

import json
import os
import runpy
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dashboards_standin import StandIn, running_standin, self_signed

FOLDER = Path(__file__).parents[3] / "infra/dashboards"
OBJECTS = 8
PASSWORD = "ONLOOKER_DASHBOARDS_PASSWORD"


class Done(NamedTuple):
    """How the script ended and what it said."""

    status: int
    out: str
    err: str


@pytest.fixture
def dashboards() -> Iterator[StandIn]:
    with running_standin() as running:
        yield running


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give the script's `main` a command line; a process of its own for each would take most of the time."""
    main = runpy.run_path(str(FOLDER / "__main__.py"))["main"]

    def run(*args: str, password: str | None = None) -> Done:
        monkeypatch.setattr(sys, "argv", ["python infra/dashboards", *args])
        if password is None:
            monkeypatch.delenv(PASSWORD, raising=False)
        else:
            monkeypatch.setenv(PASSWORD, password)
        try:
            main()
        except SystemExit as ended:
            printed = capsys.readouterr()
            if isinstance(ended.code, str):  # as the interpreter does with it
                return Done(1, printed.out, f"{printed.err}{ended.code}\n")
            return Done(int(ended.code or 0), printed.out, printed.err)
        return Done(0, *capsys.readouterr())

    return run


def run_apart(*args: str, said: str) -> Done:
    """Run the script as people do, but without a terminal, from which the password would be read."""
    done = subprocess.run(
        [sys.executable, str(FOLDER), *args],
        env={name: value for name, value in os.environ.items() if name != PASSWORD},
        input=said,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        start_new_session=True,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def refusal(done: Done) -> str:
    assert (done.status, done.out) == (1, "")
    assert "Traceback" not in done.err
    return done.err.strip()


# -- when all is well --------------------------------------------------------------------------------------------------


def test_imports_what_the_file_has_and_says_where_to_look(run: Run, dashboards: StandIn) -> None:
    done = run(dashboards.url)

    assert done.status == 0, done.err
    assert done.out.splitlines() == [
        "Imported 'Onlooker: pictures': 8 objects made, 0 replaced.",
        f"Open {dashboards.url}/app/dashboards#/view/onlooker-pictures",
    ]
    lines = [json.loads(line) for line in (FOLDER / "onlooker.ndjson").read_text().splitlines()]
    assert list(dashboards.objects().values()) == lines


def test_again_changes_nothing(run: Run, dashboards: StandIn) -> None:
    run(dashboards.url)
    before = dict(dashboards.objects())

    done = run(dashboards.url)

    assert done.out.splitlines()[0] == "Imported 'Onlooker: pictures': 0 objects made, 8 replaced."
    assert dashboards.objects() == before


def test_may_lie_under_a_path_as_on_amazon(run: Run) -> None:
    with running_standin(base_path="/_dashboards") as dashboards:
        done = run(f"{dashboards.url}/")

        assert done.status == 0, done.err
        assert done.out.splitlines()[1] == f"Open {dashboards.url}/app/dashboards#/view/onlooker-pictures"


def test_another_alias(run: Run, dashboards: StandIn) -> None:
    run(dashboards.url, "--index", "pictures_of_mine")

    pattern = dashboards.objects()["index-pattern", "onlooker-image-insights"]
    assert pattern["attributes"]["title"] == "pictures_of_mine"


def test_signs_in_for_everybody_unless_told_otherwise(run: Run, dashboards: StandIn) -> None:
    dashboards.users = {"admin": "päss:word"}

    assert run(dashboards.url, "--user", "admin", password="päss:word").status == 0
    assert run(dashboards.url, "--user", "admin", "--tenant", "Prüfer", password="päss:word").status == 0

    assert {tenant: len(objects) for tenant, objects in dashboards.tenants.items()} == {
        "global": OBJECTS,
        "Prüfer": OBJECTS,
    }


def test_asks_for_a_password_that_it_is_not_given(dashboards: StandIn) -> None:
    dashboards.users = {"admin": "secret"}
    done = run_apart(dashboards.url, "--user", "admin", said="secret\n")

    assert done.status == 0, done.err
    assert len(dashboards.objects()) == OBJECTS


# -- when it is not ----------------------------------------------------------------------------------------------------


def test_nobody_there(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    assert "cannot be reached" in refusal(run(url))


@pytest.mark.parametrize("credentials", [(), ("--user", "admin")])
def test_not_let_in(run: Run, dashboards: StandIn, credentials: tuple[str, ...]) -> None:
    dashboards.users = {"admin": "secret"}

    told = refusal(run(dashboards.url, *credentials, password="guessed"))

    assert "(Authentication required)" in told
    assert "guessed" not in told
    assert dashboards.tenants == {}


def test_let_in_but_not_to_write(run: Run, dashboards: StandIn) -> None:
    dashboards.users, dashboards.readers = {"reader": "secret"}, {"reader"}
    told = refusal(run(dashboards.url, "--user", "reader", password="secret"))
    assert "may not import into the tenant 'global'" in told
    assert "no permissions for [indices:data/write/bulk]" in told


def test_no_password_to_be_had(dashboards: StandIn) -> None:
    assert "ONLOOKER_DASHBOARDS_PASSWORD" in refusal(run_apart(dashboards.url, "--user", "admin", said=""))


def test_a_dashboards_without_one_of_the_types(run: Run, dashboards: StandIn) -> None:
    dashboards.types -= {"dashboard"}

    told = refusal(run(dashboards.url)).splitlines()

    assert told[0] == "Dashboards cannot import all objects. 7 others were imported."
    assert (
        told[1].strip()
        == "dashboard 'Onlooker: pictures': this Dashboards has no such objects. Is the plugin switched off?"
    )


def faults(*errors: dict[str, Any], others: int = 7) -> tuple[int, dict[str, str], bytes]:
    """The answer about one object that could not be imported, for a reason."""
    failed = [
        {"id": "onlooker-emotions", "type": "visualization", "meta": {"title": "Emotions"}, "error": each}
        for each in errors
    ]
    body = {"success": False, "successCount": others, "errors": failed}
    return 200, {"content-type": "application/json"}, json.dumps(body).encode()


@pytest.mark.parametrize(
    ("error", "outcome", "why"),
    [
        (
            {"type": "missing_references", "references": [{"type": "index-pattern", "id": "gone"}]},
            "Nothing was imported.",
            "it needs index-pattern 'gone', which is not there.",
        ),
        ({"type": "conflict"}, "Nothing was imported.", "there is another one that may not be replaced."),
        (
            {"type": "ambiguous_conflict", "destinations": [{"id": "1"}, {"id": "2"}]},
            "Nothing was imported.",
            "there is another one that may not be replaced.",
        ),
        (
            {"type": "unknown", "statusCode": 422, "message": "belongs to a more recent version"},
            "7 others were imported.",
            "belongs to a more recent version",
        ),
        ({"type": "missing_data_source", "dataSourceName": "x"}, "7 others were imported.", "missing_data_source"),
    ],
    ids=lambda each: each["type"] if isinstance(each, dict) else "",
)
def test_every_object_that_fails_is_told(
    run: Run, dashboards: StandIn, error: dict[str, Any], outcome: str, why: str
) -> None:
    dashboards.answer = faults(error)

    told = refusal(run(dashboards.url)).splitlines()

    assert told[0].endswith(outcome)
    assert told[1].startswith("  visualization 'Emotions': ")
    assert why in told[1]


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((200, {"content-type": "text/html"}, b"<h1>Welcome</h1>"), "does not answer as OpenSearch Dashboards does"),
        ((200, JSON, b"[]"), "does not answer as OpenSearch Dashboards does"),
        ((404, {"content-type": "text/html"}, b"<h1>Not found</h1>"), "does not answer as OpenSearch Dashboards does"),
        ((404, JSON, b'{"statusCode":404,"error":"Not Found","message":"Not Found"}'), "(404): Not Found"),
        ((302, {"location": "https://sso.example/login?token=hidden"}, b""), "leads to https://sso.example/login. "),
        (
            (
                400,
                JSON,
                b'{"statusCode":400,"error":"Bad Request","message":"Request must contain a kbn-xsrf header."}',
            ),
            "is Kibana",
        ),
        (
            (406, JSON, b'{"error":"Content-Type header [multipart/form-data] is not supported","status":406}'),
            "is OpenSearch itself",
        ),
        ((503, {"content-type": "text/plain"}, b"OpenSearch Dashboards server is not ready yet"), "is not ready"),
        (
            (400, JSON, b'{"statusCode":400,"message":"No available tenant for current user"}'),
            "(400): No available tenant for current user.",
        ),
        ((500, JSON, b'{"statusCode":500,"message":"An internal server error occurred.\\u001b[31m"}'), "(500)"),
    ],
)
def test_other_answers_are_explained(
    run: Run, dashboards: StandIn, answer: tuple[int, dict[str, str], bytes], told: str
) -> None:
    dashboards.answer = answer

    said = refusal(run(dashboards.url))

    assert told in said
    assert "hidden" not in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "give the address"),
        (("dashboards:5601",), "begins with http:// or https://"),
        (("http://admin:secret@host:5601",), "no user or password in the address"),
        (("http://host:port",), "give an address as"),
        (("http://host:5601/app/home#/",), "without what follows"),
    ],
)
def test_a_command_line_that_makes_no_sense(run: Run, args: tuple[str, ...], told: str) -> None:
    done = run(*args)
    assert done.status == 2
    assert told in done.err


def test_trusts_only_the_certificates_that_it_is_told_to(run: Run, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    with running_standin(certificate=certificate) as dashboards:
        assert "Give the one to trust with --ca FILE" in refusal(run(dashboards.url))
        assert dashboards.tenants == {}

        assert run(dashboards.url, "--ca", str(certificate)).status == 0


def test_certificates_that_cannot_be_read(run: Run, dashboards: StandIn, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    assert "cannot be read" in refusal(run(dashboards.url, "--ca", str(tmp_path / "ca.pem")))
