"""What only PostgreSQL does: many servers, a database that is down or unfit."""

import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import numpy as np
import psycopg
import pytest

from onlooker_rekognition.__main__ import FACE_MODEL, main
from onlooker_rekognition.protocol.errors import InternalServerError, ThrottlingError
from onlooker_rekognition.store import REMEMBERED_SECONDS, FaceModel, Remembered, StoreError
from onlooker_rekognition.stores.postgres import PostgresStore, database, schema
from onlooker_rekognition.vision import Engine, ModelStore
from onlooker_rekognition.vision.chips import decode_chip, encode_chip
from onlooker_rekognition.weights.lock import default_cache
from postgres import Postgres
from rekognition_fakes import embedding_of
from rekognition_stores import MODEL, NEXT_MODEL, PostgresPlace, add, face, ids, picture


@pytest.fixture
def place(postgres: Postgres, closing_all: ExitStack) -> PostgresPlace:
    return PostgresPlace(postgres, closing_all)


@pytest.fixture
def store(place: PostgresPlace) -> PostgresStore:
    opened = place.open()
    opened.create("people", {})
    return opened


def test_what_one_server_does_another_sees_at_once(store: PostgresStore, place: PostgresPlace) -> None:
    other = place.open()
    assert other.nearest("people", embedding_of(1), count=5) == []
    kept = add(store, face(1), face(1, 1))
    assert [match.face for match in other.nearest("people", embedding_of(1), count=5)] == kept
    store.create_user("people", "kit")
    store.associate("people", "kit", ids(kept), threshold=80)
    assert [match.user.user_id for match in other.nearest_users("people", embedding_of(1), count=5)] == ["kit"]
    other.disassociate("people", "kit", ids(kept))
    assert store.nearest_users("people", embedding_of(1), count=5) == []
    other.remove("people", ids(kept[:1]))
    assert [match.face for match in store.nearest("people", embedding_of(1), count=5)] == kept[1:]


def test_servers_that_start_together_make_the_tables_once(postgres: Postgres) -> None:
    url, problems = postgres.create_schema(), list[BaseException]()
    ready = threading.Barrier(4)

    def start() -> None:
        ready.wait()
        try:
            PostgresStore(url, model=MODEL).close()
        except BaseException as error:  # noqa: BLE001 (whatever it is, the test shows it)
            problems.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_servers_of_two_models_share_a_collection(store: PostgresStore, place: PostgresPlace) -> None:
    newer = place.open(NEXT_MODEL)
    (old,), (new,) = add(store, face(1), name="old"), add(newer, face(1), name="new")
    assert [match.face for match in store.nearest("people", embedding_of(1), count=5)] == [old]
    assert [match.face for match in newer.nearest("people", embedding_of(1), count=5)] == [new]


def test_a_picture_is_indexed_anew_while_a_user_gets_its_face(
    store: PostgresStore, place: PostgresPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kept,) = add(store, face(1))
    store.create_user("people", "kit")
    newer, renew = place.open(NEXT_MODEL), PostgresStore._renew

    def associate_and_renew(self: PostgresStore, *arguments: object) -> int:
        assert store.associate("people", "kit", [kept.face_id], threshold=0).done == [kept.face_id]
        return renew(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(PostgresStore, "_renew", associate_and_renew)
        (again,) = add(newer, face(1))
    assert (again.face_id, again.user_id) == (kept.face_id, "kit")
    assert [match.user.user_id for match in newer.nearest_users("people", embedding_of(1), count=5)] == ["kit"]


def test_the_command_moves_faces_to_another_model_beside_a_server(
    place: PostgresPlace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    older, serving = place.open(), place.open(FACE_MODEL)
    older.create("people", {})
    chips = [encode_chip(np.full((150, 150, 3), shade, np.uint8)) for shade in (60, 180)]
    kept = add(older, *(face(number, chip=chip) for number, chip in enumerate([*chips, None])))
    older.create_user("people", "kit")
    older.associate("people", "kit", ids(kept[:1]), threshold=0)
    monkeypatch.setenv("ONLOOKER_REKOGNITION_DATABASE_URL", place.url)
    monkeypatch.setattr("onlooker_rekognition.__main__.configure_logging", lambda _: None)  # it would stay so
    monkeypatch.setattr("sys.argv", ["onlooker-rekognition", "reembed"])
    assert main() == 0
    assert "people: faces moved: 2; left, because there is no chip: 1" in capsys.readouterr().out
    (embedding,) = Engine(ModelStore(default_cache())).embed_chips([decode_chip(chips[0])])
    best, other = serving.nearest("people", embedding, count=5)
    assert (best.face.face_id, other.face.face_id) == (kept[0].face_id, kept[1].face_id)
    assert best.similarity == pytest.approx(100)
    assert [match.user.user_id for match in serving.nearest_users("people", embedding, count=5)] == ["kit"]


def test_answers_of_yesterday_are_thrown_away(store: PostgresStore, place: PostgresPlace) -> None:
    store.remember("CreateUser", "yesterday", Remembered(b"", b""))
    place.pass_time(REMEMBERED_SECONDS)
    store.remember("CreateUser", "today", Remembered(b"", b""))
    with psycopg.connect(place.url) as connection:
        assert connection.execute("SELECT token FROM answers").fetchall() == [("today",)]


@contextmanager
def down(postgres: Postgres, name: str) -> Iterator[None]:
    """The database refuses and ends all connections, as it does while it is restarted."""
    postgres.execute(
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    try:
        yield
    finally:
        postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def served(store: PostgresStore) -> list[str]:
    """The collections, as far as the database answers."""
    try:
        return [one.id for one in store.collections(after=0, limit=10)]
    except InternalServerError:
        return []


def test_a_database_that_comes_back_is_used_again_without_a_restart(
    postgres: Postgres, own_database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "_WAIT_SECONDS", 1.0)
    caplog.set_level(logging.ERROR, logger="onlooker_rekognition")
    with closing(PostgresStore(postgres.url(own_database), model=MODEL)) as opened:
        opened.create("people", {})
        kept = add(opened, face(1))
        with down(postgres, own_database):
            while "no connection to the database" not in caplog.text:  # those that were open fail at once
                with pytest.raises(InternalServerError, match="Try again"):
                    opened.get("people")
            began = time.monotonic()
            for _ in range(3):
                with pytest.raises(InternalServerError, match="does not answer"):
                    opened.get("people")
            assert time.monotonic() - began < 1.0, "who waits in vain holds a thread"
        while "people" not in served(opened):
            assert time.monotonic() - began < 20
        assert [match.face for match in opened.nearest("people", embedding_of(1), count=1)] == kept
        assert add(opened, face(1)) == kept


def test_a_server_that_only_reads_since_it_was_replaced_is_left(postgres: Postgres, own_database: str) -> None:
    with closing(PostgresStore(postgres.url(own_database), model=MODEL, connections=1)) as opened:
        opened.create("people", {})
        postgres.execute(f"ALTER DATABASE {own_database} SET default_transaction_read_only = on")
        with down(postgres, own_database):
            pass
        assert opened.get("people").face_count == 0
        postgres.execute(f"ALTER DATABASE {own_database} RESET default_transaction_read_only")
        with pytest.raises(InternalServerError, match="Try again"):
            add(opened, face(1))
        add(opened, face(1))


def test_more_requests_than_connections_wait_or_are_throttled(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_WAITING_PER_CONNECTION", 1)
    with closing(PostgresStore(postgres.create_schema(), model=MODEL, connections=1)) as opened:
        opened.create("people", {})
        with opened._connection():
            waiting = threading.Thread(target=opened.get, args=("people",))
            waiting.start()
            while not opened._pool.get_stats().get("requests_waiting"):
                pass
            with pytest.raises(ThrottlingError, match="Try again"):
                opened.get("people")
        waiting.join()
        opened.get("people")


def test_a_lock_that_is_not_to_be_had_is_throttled(
    postgres: Postgres, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.url(own_database)
    monkeypatch.setattr(
        database, "_SESSION", database._SESSION.replace("lock_timeout = '10s'", "lock_timeout = '50ms'")
    )
    with closing(PostgresStore(url, model=MODEL)) as opened:
        opened.create("people", {})
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE faces")
            with pytest.raises(ThrottlingError, match="Try again"):
                add(opened, face(1))
        assert opened.get("people").face_count == 0
        add(opened, face(1))


def refusal(url: str, model: FaceModel = MODEL) -> str:
    with pytest.raises(StoreError) as refused:
        PostgresStore(url, model=model)
    return str(refused.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://kit:s3cret@127.0.0.1:1/people?connect_timeout=2", "Connection refused"),
        ("postgresql//kit:s3cret@nowhere", r"cannot be read. It should be like postgresql://user@host:5432/database"),
        ("postgresql://kit:s3cret@host:many/people", "cannot be used"),
        ("postgresql://kit:s3cret@host/people?wrong=1", "cannot be read"),
    ],
)
def test_a_database_that_cannot_be_reached_is_refused_without_its_password(url: str, words: str) -> None:
    message = refusal(url)
    assert re.search(words, message)
    assert "s3cret" not in message


def test_a_missing_database_is_named(postgres: Postgres) -> None:
    assert 'database "nowhere" does not exist' in refusal(postgres.url("nowhere"))


def test_without_rights_it_says_which_statement_to_run(postgres: Postgres, own_database: str) -> None:
    postgres.execute("DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN")
    url = postgres.url(own_database, role="guest")
    assert "CREATE EXTENSION vector" in refusal(url)
    postgres.execute("CREATE EXTENSION vector", url=postgres.url(own_database))
    assert "permission denied for schema public" in refusal(url)
    postgres.execute("GRANT CREATE ON SCHEMA public TO guest", url=postgres.url(own_database))
    with closing(PostgresStore(url, model=MODEL)) as opened:
        opened.create("people", {})


def test_tables_from_before_there_were_jobs_keep_what_is_in_them(
    place: PostgresPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "_STEPS", schema._STEPS[:1])
        older = place.open()
        older.create("people", {})
        kept = add(older, face(1))
        older.remember("CreateUser", "once", Remembered(b"digest", b"answer"))
        older.close()
    newer = place.open()
    assert [match.face for match in newer.nearest("people", embedding_of(1), count=5)] == kept
    assert newer.recall("CreateUser", "once") == Remembered(b"digest", b"answer")
    started = newer.start_job("faces", {}, limit=1)
    assert newer.job(started.job_id) == started


def test_tables_of_a_newer_version_are_left_alone(store: PostgresStore, place: PostgresPlace) -> None:
    place.server.execute("UPDATE schema_version SET version = 99", url=place.url)
    assert "newer version" in refusal(place.url)


def test_an_old_pgvector_is_refused(postgres: Postgres, own_database: str) -> None:
    url = postgres.url(own_database)
    postgres.execute("CREATE EXTENSION vector", "UPDATE pg_extension SET extversion = '0.7.4'", url=url)
    assert "pgvector 0.7.4; 0.8 or newer is needed" in refusal(url)


def test_a_transaction_that_fails_leaves_nothing(store: PostgresStore) -> None:
    unfit = type(face(2))(face(2, left=0.5).box, None, embedding_of(2))
    with pytest.raises(psycopg.errors.NotNullViolation):
        store.add("people", picture("one"), [face(1), unfit])
    assert store.get("people").face_count == 0
    assert len(add(store, face(1))) == 1
