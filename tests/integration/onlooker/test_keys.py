"""`onlooker keys` against the API as it is deployed."""

import asyncio
from typing import Any

import pytest
import uvicorn
from typer.testing import CliRunner

from installation import installation
from onlooker import __main__
from onlooker.client import ApiError
from onlooker_ingest.__main__ import compose
from onlooker_shared.aws import Aws
from onlooker_shared.errors import UnauthorizedError
from onlooker_shared.keys import KeyStore, Scope, id_of
from onlooker_shared.run import listen
from onlooker_shared.web.app import create_app


async def run(*arguments: str) -> Any:
    """Run the command beside the server that it asks."""
    return await asyncio.to_thread(CliRunner().invoke, __main__.app, ["keys", *arguments])


async def test_a_key_is_made_listed_and_revoked_but_not_the_last_admin_key(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with installation(aws, tables_only=True) as installed, compose(aws, installed.common) as service:
        keys = KeyStore(await aws.client("dynamodb"), installed.topology.access_keys.name)
        admin = await keys.create(owner="admin", scopes=[Scope.ADMIN])
        with listen("127.0.0.1", 0) as listener:
            monkeypatch.setenv("ONLOOKER_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
            monkeypatch.setenv("ONLOOKER_KEY", admin)
            monkeypatch.setenv("COLUMNS", "200")
            server = uvicorn.Server(uvicorn.Config(create_app([service], keys), log_config=None, lifespan="off"))
            serving = asyncio.create_task(server._serve([listener]))
            try:
                made = await run("create", "camera 3", "--scope", "upload", "--days", "7")
                assert made.exit_code == 0, made.output
                key = made.stdout.split()[-1]  # the log of the server beside it goes there, too
                assert (await keys.authenticate(key)).scopes == {Scope.IMAGES_WRITE}
                listed = (await run()).stdout
                assert listed.index("camera 3") < listed.index(id_of(admin))  # newest first
                assert (await run("revoke", id_of(key), "--yes")).exit_code == 0
                assert "camera 3" not in (await run()).stdout
                refused = await run("revoke", id_of(admin), "--yes")
            finally:
                server.should_exit = True
                await serving
        with pytest.raises(UnauthorizedError):
            await KeyStore(await aws.client("dynamodb"), installed.topology.access_keys.name).authenticate(key)
    assert isinstance(refused.exception, ApiError)
    assert "last admin key" in str(refused.exception)
