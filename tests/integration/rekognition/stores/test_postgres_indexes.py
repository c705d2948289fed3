"""The approximate indexes that large collections have in PostgreSQL."""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from onlooker_rekognition.stores.postgres import PostgresStore, indexes
from onlooker_rekognition.vision.similarity import similarity
from postgres import Postgres
from rekognition_fakes import embedding_of
from rekognition_stores import MODEL, NEXT_MODEL, add, face, picture


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, own_database: str, postgres: Postgres) -> Iterator[PostgresStore]:
    """A store whose one collection is large enough for an index, which is built."""
    monkeypatch.setattr(indexes, "EXACT_BELOW", 300)
    with closing(PostgresStore(postgres.url(own_database), model=MODEL)) as opened:
        opened.create("people", {})
        for number in range(4):
            add(opened, *(face(person) for person in range(100 * number, 100 * number + 100)), name=str(number))
        opened._indexes.close()  # in the background it would come at some time
        indexes.IndexBuilder(postgres.url(own_database), MODEL).mend()
        yield opened


def used_indexes(url: str) -> dict[str, int]:
    """How often each approximate index was searched."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        return dict(
            connection.execute(
                "SELECT indexrelname, idx_scan FROM pg_stat_user_indexes WHERE indexrelname ~ '_near_'"
            ).fetchall()
        )


def test_a_large_collection_is_searched_by_an_index_of_its_own(
    large: PostgresStore, postgres: Postgres, own_database: str
) -> None:
    for person in range(0, 400, 40):
        best, *others = large.nearest("people", embedding_of(person, 1), count=10)
        assert large.embedding("people", best.face.face_id).tolist() == embedding_of(person).tolist()
        assert best.similarity == pytest.approx(similarity(embedding_of(person, 1), embedding_of(person))[0])
        assert len(others) == 9
    large.close()
    (searched,) = used_indexes(postgres.url(own_database)).values()
    assert searched >= 10


@contextmanager
def awaited(logger: str, words: str) -> Iterator[threading.Event]:
    """An event that is set when a line is logged that begins with `words`."""
    logged = threading.Event()

    def look(record: logging.LogRecord) -> bool:
        if record.getMessage().startswith(words):
            logged.set()
        return True

    logging.getLogger(logger).addFilter(look)
    try:
        yield logged
    finally:
        logging.getLogger(logger).removeFilter(look)


def test_an_index_is_built_in_the_background_when_a_collection_is_large(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, own_database: str, postgres: Postgres
) -> None:
    monkeypatch.setattr(indexes, "EXACT_BELOW", 10)
    caplog.set_level(logging.INFO, logger=indexes.__name__)
    with (
        awaited(indexes.__name__, "built the index faces_near_1_") as built,
        closing(PostgresStore(postgres.url(own_database), model=MODEL)) as opened,
    ):
        opened.create("people", {})
        add(opened, *(face(person) for person in range(10)))
        assert built.wait(30)


def test_a_store_is_closed_in_the_middle_of_a_build_however_late_it_begins(
    large: PostgresStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, postgres: Postgres
) -> None:
    caplog.set_level(logging.INFO, logger=indexes.__name__)
    url = large._pool.conninfo
    (name,) = used_indexes(url)
    postgres.execute(f"DROP INDEX {name}", url=url)
    cancel, calls = indexes.IndexBuilder.cancel, list[None]()

    def cancel_too_early(self: indexes.IndexBuilder) -> None:
        calls.append(None)
        if len(calls) > 1:
            cancel(self)

    monkeypatch.setattr(indexes.IndexBuilder, "cancel", cancel_too_early)
    with psycopg.connect(url) as other, awaited(indexes.__name__, "building the index") as building:
        other.execute("LOCK TABLE faces IN ROW EXCLUSIVE MODE")  # which a build waits for
        opened = PostgresStore(url, model=MODEL)
        assert building.wait(30)
        closing_it = threading.Thread(target=opened.close, daemon=True)
        closing_it.start()
        closing_it.join(10)
        assert not closing_it.is_alive()


def test_an_index_never_shows_what_was_removed(large: PostgresStore) -> None:
    gone = [match.face.face_id for match in large.nearest("people", embedding_of(7), count=50)]
    assert large.remove("people", gone).done == gone
    left = large.nearest("people", embedding_of(7), count=400)
    assert len(left) == 350
    assert not {match.face.face_id for match in left} & set(gone)
    (again,) = large.add("people", picture("again"), [face(7)])
    assert large.nearest("people", embedding_of(7), count=1)[0].face == again


def test_an_index_goes_with_its_collection(large: PostgresStore, postgres: Postgres, own_database: str) -> None:
    url = postgres.url(own_database)
    assert len(used_indexes(url)) == 1
    large.delete("people")
    indexes.IndexBuilder(url, MODEL).mend()
    assert used_indexes(url) == {}


def test_an_unfinished_index_is_built_anew(large: PostgresStore, postgres: Postgres, own_database: str) -> None:
    url = postgres.url(own_database)
    (name,) = used_indexes(url)
    postgres.execute(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass", url=url)
    indexes.IndexBuilder(url, MODEL).mend()
    with psycopg.connect(url) as connection:
        valid = connection.execute(f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{name}'::regclass").fetchone()
    assert valid == (True,)


def test_an_index_of_a_model_goes_with_its_last_face(
    large: PostgresStore, postgres: Postgres, own_database: str
) -> None:
    url = postgres.url(own_database)
    before = used_indexes(url).keys()
    with closing(PostgresStore(url, model=NEXT_MODEL)) as newer:
        newer._indexes.close()
        indexes.IndexBuilder(url, NEXT_MODEL).mend()
        assert used_indexes(url).keys() == before, "there is nothing for the newer one yet"
        add(newer, face(1, 7), name="new")
        indexes.IndexBuilder(url, NEXT_MODEL).mend()
        indexes.IndexBuilder(url, MODEL).mend()
        assert used_indexes(url).keys() > before, "both models are in use"
        newer.reembed(
            "people", {one.position: face(1).embedding for one in newer.outdated("people", after=0, limit=400)}
        )
        indexes.IndexBuilder(url, NEXT_MODEL).mend()
        assert not used_indexes(url).keys() & before
        assert len(used_indexes(url)) == 1
