"""Every store there is: one suite of behaviour holds for all of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from onlooker_rekognition.store import Store
from postgres import Postgres
from rekognition_stores import Place, PostgresPlace, SqlitePlace


@pytest.fixture
def closing_all() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _sqlite(request: pytest.FixtureRequest, closing_all: ExitStack) -> Place:
    return SqlitePlace(request.getfixturevalue("tmp_path"), closing_all)


def _postgres(request: pytest.FixtureRequest, closing_all: ExitStack) -> Place:
    return PostgresPlace(request.getfixturevalue("postgres"), closing_all)


PLACES: dict[str, Callable[[pytest.FixtureRequest, ExitStack], Place]] = {"sqlite": _sqlite, "postgres": _postgres}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, closing_all: ExitStack) -> Place:
    """An empty place of each kind."""
    return PLACES[request.param](request, closing_all)


@pytest.fixture
def store(place: Place) -> Store:
    """An open store with one collection, `people`."""
    opened = place.open()
    opened.create("people", {})
    return opened


@pytest.fixture
def own_database(postgres: Postgres) -> str:
    """A database that no other test uses."""
    return postgres.create_database()
