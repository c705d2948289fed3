"""The recognizer against the real emulator and a stand-in for Rekognition."""

import socket
from collections.abc import AsyncIterator

import pytest

from emulator import Emulator
from onlooker_shared.aws import Aws
from onlooker_shared.settings import CommonSettings
from recognizer_stage import Stage, provisioned
from rekognition_standin import StandIn, serving


@pytest.fixture
def standin() -> StandIn:
    """Rekognition, as the test scripts it."""
    made = StandIn()
    made.gate.set()
    return made


@pytest.fixture(scope="session")
def rekognition_port() -> int:
    """The port where AWS clients look for Rekognition; nobody answers there yet."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


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
