"""Who the server takes for a client of its own machine."""

import re
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from onlooker_rekognition.app import create_app
from onlooker_rekognition.metrics import Metrics
from onlooker_rekognition.protocol.errors import InternalServerError
from onlooker_rekognition.weights.build import ensure
from onlooker_rekognition.weights.lock import default_cache, read_lock
from onlooker_rekognition.weights.manifest import read_manifest


async def fine() -> None:
    """Nothing is wrong."""


async def status(listens_on: str, host: str) -> int:
    endpoint: Any = SimpleNamespace(serve=None)  # no operation is called
    transport = httpx.ASGITransport(create_app(endpoint, Metrics(), host=listens_on, ready=fine))
    async with httpx.AsyncClient(transport=transport, base_url="http://any") as client:
        return (await client.get("/healthz", headers={"Host": host})).status_code


@pytest.mark.parametrize("listens_on", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
async def test_on_the_machine_itself_no_name_of_the_network_is_answered(listens_on: str) -> None:
    """A web page can have its own name resolve to any of these addresses."""
    assert await status(listens_on, "evil.example:8430") == 400
    own = f"[{listens_on}]" if ":" in listens_on else listens_on
    for name in (own, "localhost", "127.0.0.1"):
        assert await status(listens_on, f"{name}:8430") == 200


@pytest.mark.parametrize("listens_on", ["0.0.0.0", "::", "192.168.0.7", "rekognition.internal"])
async def test_on_the_network_any_name_is_answered(listens_on: str) -> None:
    assert await status(listens_on, "rekognition.internal:8430") == 200


async def test_it_is_not_ready_while_its_store_does_not_answer() -> None:
    async def ready() -> None:
        raise InternalServerError("The database does not answer. Try again.")

    endpoint: Any = SimpleNamespace(serve=None)
    transport = httpx.ASGITransport(create_app(endpoint, Metrics(), host="localhost", ready=ready))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "The database does not answer. Try again.\n")
        assert (await client.get("/healthz")).status_code == 200


async def models_of(cache: Path) -> httpx.Response:
    endpoint: Any = SimpleNamespace(serve=None)
    models = partial(read_manifest, cache, read_lock())
    app = create_app(endpoint, Metrics(), host="localhost", ready=fine, models=models)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        return await client.get("/models")


async def test_it_tells_the_models_that_the_page_about_them_tells() -> None:
    """Name, package, licence and size, row by row."""
    ensure(default_cache(), read_lock())
    told = (await models_of(default_cache())).json()["models"]
    page = (Path(__file__).parents[3] / "docs" / "models.md").read_text()
    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| (?:npm|PyPI) `([^`]+)` (\S+) [^|]*\| ([\w.-]+)[^|]*\| ([\d.]+) \|", page, re.MULTILINE
    )
    assert [(m["name"], m["package"], m["version"], m["licence"], f"{m['size'] / 1e6:.1f}") for m in told] == rows
    assert {m["name"]: m["sha256"] for m in told} == {n: m.sha256 for n, m in read_lock().models.items()}
    assert all(m["role"] for m in told)


@pytest.mark.parametrize("manifest", [None, b"", b"[]", b'{"models": []}', b'{"models": [{"name": "iris"}]}'])
async def test_where_the_list_of_models_is_damaged_the_way_out_is_told(tmp_path: Path, manifest: bytes | None) -> None:
    folder = read_lock().folder(tmp_path)
    folder.mkdir()
    if manifest is not None:
        (folder / "manifest.json").write_bytes(manifest)
    answer = await models_of(tmp_path)
    assert answer.status_code == 503
    assert "python -m onlooker_rekognition.weights --rebuild" in answer.text
