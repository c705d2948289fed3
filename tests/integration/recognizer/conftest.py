"""The recognizer against the real emulator and a stand-in for Rekognition."""

import socket
from collections.abc import AsyncIterator, Iterator

import pytest

from emulator import Emulator
from onlooker_shared.aws import Aws
from onlooker_shared.queue import settler
from onlooker_shared.settings import CommonSettings
from recognizer_stage import Stage, provisioned
from rekognition_standin import StandIn, serving


@pytest.fixture(scope="module", autouse=True)
def _no_lingering() -> Iterator[None]:
    """Handled messages are deleted at once, not after half a second in which others may share the call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settler, "LINGER", 0.01)
        yield


@pytest.fixture
def standin() -> StandIn:
    """Rekognition, as the test scripts it."""
    made = StandIn()
    made.gate.set()
    return made


@pytest.fixture(scope="session")
def rekognition_port() -> Iterator[int]:
    """The port where AWS clients look for Rekognition; nobody answers there until a stand-in is served on it."""
    with socket.socket() as held:  # it does not listen, but keeps the port from every other process
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture(scope="session")
async def aws(emulator: Emulator, rekognition_port: int) -> AsyncIterator[Aws]:
    """AWS clients of the emulator and the stand-in, made once: that takes longer than a test."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_REKOGNITION", f"http://127.0.0.1:{rekognition_port}")
        async with Aws(CommonSettings()) as opened:
            await opened.client("rekognition")
            yield opened


@pytest.fixture
async def dark_stage(aws: Aws) -> Stage:
    """A provisioned installation whose Rekognition is down."""
    return await provisioned(aws)


@pytest.fixture
async def stage(dark_stage: Stage, standin: StandIn, rekognition_port: int) -> AsyncIterator[Stage]:
    """A provisioned installation with the stand-in for Rekognition."""
    async with serving(standin, rekognition_port):
        yield dark_stage
