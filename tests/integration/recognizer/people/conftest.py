"""The tables of people in the session's emulator, and a line to them that breaks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import EndpointConnectionError

from installation import installation
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.aws import Aws
from onlooker_shared.settings import CommonSettings
from onlooker_shared.topology import Topology
from recognitions import NOON
from rekognition_server import RekognitionServer

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
async def real_aws(real_rekognition: RekognitionServer) -> AsyncIterator[Aws]:
    """AWS clients of the emulator and the real server, where each installation has a collection of its own."""
    async with Aws(CommonSettings()) as opened:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("AWS_ENDPOINT_URL_REKOGNITION", real_rekognition.url)
            await opened.client("rekognition")
        yield opened


class Breaking:
    """A client whose transactions fail, or lose their answers after they were done, in the order that is told."""

    def __init__(self, client: "DynamoDBClient", outcomes: Sequence[str]) -> None:
        self._client = client
        self._outcomes = iter(outcomes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def transact_write_items(self, **asked: Any) -> Any:
        outcome = next(self._outcomes, "works")
        if outcome == "fails":
            raise EndpointConnectionError(endpoint_url="http://dynamodb")
        answer = await self._client.transact_write_items(**asked)
        if outcome == "loses its answer":
            raise EndpointConnectionError(endpoint_url="http://dynamodb")
        return answer


class Overtaken:
    """A client whose first transaction comes just after something else."""

    def __init__(self, client: "DynamoDBClient", meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._client = client
        self._meanwhile: Callable[[], Awaitable[object]] | None = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def transact_write_items(self, **asked: Any) -> Any:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return await self._client.transact_write_items(**asked)


@dataclass(frozen=True)
class Tables:
    """The tables of an installation, empty at first, and those who write them."""

    dynamodb: "DynamoDBClient"
    topology: Topology

    def people(self) -> People:
        """One process's registry; it is always noon there."""
        topology = self.topology
        return People(self.dynamodb, topology.people.name, topology.people_faces.name, clock=NOON.timestamp)

    def sightings(self) -> Sightings:
        return Sightings(self.dynamodb, self.topology.sightings.name, self.topology.people.name)

    def breaking(self, *outcomes: str) -> "Tables":
        """The same tables over a line on which the first transactions go wrong."""
        return Tables(cast("DynamoDBClient", Breaking(self.dynamodb, outcomes)), self.topology)

    def overtaken_by(self, meanwhile: Callable[[], Awaitable[object]]) -> "Tables":
        """The same tables for somebody who reads, and writes only after this happened."""
        return Tables(cast("DynamoDBClient", Overtaken(self.dynamodb, meanwhile)), self.topology)

    async def items(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table of the topology, as DynamoDB has it."""
        found = await self.dynamodb.scan(TableName=getattr(self.topology, table).name, ConsistentRead=True)
        return cast("list[dict[str, Any]]", found["Items"])


@pytest.fixture
async def tables(aws: Aws) -> AsyncIterator[Tables]:
    async with installation(aws, tables_only=True) as here:
        yield Tables(await here.aws.client("dynamodb"), here.topology)


@pytest.fixture
def people(tables: Tables) -> People:
    return tables.people()


@pytest.fixture
def sightings(tables: Tables) -> Sightings:
    return tables.sightings()
