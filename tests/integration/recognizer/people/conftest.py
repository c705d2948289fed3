"""The tables of people in the session's emulator."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from installation import installation
from onlooker_recognizer.people.registry import People
from onlooker_recognizer.people.sightings import Sightings
from onlooker_shared.aws import Aws
from onlooker_shared.topology import Topology
from recognitions import NOON

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Tables:
    """The tables of an installation, empty at first, and those who write them."""

    dynamodb: "DynamoDBClient"
    topology: Topology

    def people(self) -> People:
        """One process's registry; it is always noon there, and seconds pass."""
        return People(self.dynamodb, self.topology.people.name, self.topology.people_faces.name, clock=NOON.timestamp)

    def sightings(self) -> Sightings:
        return Sightings(self.dynamodb, self.topology.sightings.name, self.topology.people.name)


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
