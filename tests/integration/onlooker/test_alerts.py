"""`onlooker alerts` against the API as it is deployed."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from typer.testing import CliRunner

from installation import installation
from onlooker import __main__
from onlooker_notifier.__main__ import compose
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


async def test_rules_come_from_a_file_go_into_one_and_are_tried(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, copy = tmp_path / "rules.yaml", tmp_path / "copy.yaml"
    file.write_text(DOOR)
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
                assert "There are none." in (await run("channels")).stdout
                assert "There are none." in (await run("sent")).stdout
            finally:
                server.should_exit = True
                await serving
    assert isinstance(unknown.exception, NotFoundError)
