"""Searches in PostgreSQL among 100,000 synthetic faces (or as many as FACES says), exact and by the index.

What to compare: the time of an exact search for each thousand faces says from where on an index pays, recall what it
costs to have one.
"""

import os
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import psycopg

import embeddings
from onlooker_rekognition.store import FaceModel
from onlooker_rekognition.stores.postgres import PostgresStore, indexes
from onlooker_rekognition.stores.postgres.vectors import register_vectors
from postgres import running_postgres

FACES = int(os.environ.get("FACES", "100000"))
SMALL = 10_000  # faces of a second collection, which is searched exactly
QUERIES = 100
MODEL = FaceModel("bench", "7.0")
COLUMNS = """collection, face_id, image_id, "left", top, width, height, confidence, model_version, embedding,
 embedding_model"""
TYPES = ("int8", "text", "text", "float8", "float8", "float8", "float8", "float8", "text", "vector", "text")


def main(_photos: Path) -> None:
    """Print times and recall."""
    with running_postgres() as server:
        server.execute("ALTER SYSTEM SET maintenance_work_mem = '1GB'", "SELECT pg_reload_conf()")
        for kind, make in (("people", embeddings.people), ("noise", embeddings.noise)):
            faces, queries = make(FACES, QUERIES)
            url = server.create_schema()
            with closing(PostgresStore(url, model=MODEL)) as store:
                store._indexes.close()  # it is built below, and timed
                keep(store, url, "large", faces)
                keep(store, url, "small", faces[:SMALL])
                measure(kind, store, url, faces, queries)


def measure(kind: str, store: PostgresStore, url: str, faces: embeddings.Matrix, queries: embeddings.Matrix) -> None:
    exact = times([lambda query=query: store.nearest("small", query, count=81) for query in queries])
    show(kind, f"exact among {SMALL}: p50, p99", percentiles(exact))
    began = time.perf_counter()
    indexes.IndexBuilder(url, MODEL).mend()
    show(kind, f"index of {FACES} built", f"{time.perf_counter() - began:8.1f} s")
    halves = embeddings.halves_of(faces)
    for count in (embeddings.FACES_EACH, 10, 81):
        truth = embeddings.nearest(faces, halves, queries, count)
        found = [[match.face.position - 1 for match in store.nearest("large", one, count=count)] for one in queries]
        hits = [len(set(some) & set(row.tolist())) / count for some, row in zip(found, truth, strict=True)]
        show(kind, f"recall@{count}", f"{np.mean(hits):8.4f}")
    searches = times([lambda query=query: store.nearest("large", query, count=81) for query in queries])
    show(kind, f"by the index among {FACES}: p50, p99", percentiles(searches))


def keep(store: PostgresStore, url: str, collection_id: str, faces: embeddings.Matrix) -> None:
    """Write faces past the store, which would take as long as their pictures."""
    collection = store.create(collection_id, {}).position
    with psycopg.connect(url) as connection:
        register_vectors(connection)
        with connection.cursor().copy(f"COPY faces ({COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(TYPES)
            for face in faces:
                face_id = str(uuid.uuid4())
                copy.write_row((collection, face_id, face_id, 0.1, 0.1, 0.2, 0.3, 99.9, "7.0", face, MODEL.name))
        connection.execute("UPDATE collections SET face_count = %s WHERE position = %s", (len(faces), collection))
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE faces")


def times(calls: list[Callable[[], object]]) -> list[float]:
    taken = []
    for call in calls:
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return taken


def percentiles(taken: list[float]) -> str:
    return "{:8.1f} ms, {:.1f} ms".format(*(1000 * np.percentile(taken, [50, 99])))


def show(kind: str, what: str, value: str) -> None:
    print(f"postgres    {kind}: {what:40}{value}", flush=True)
