"""When S3 fails, the caller hears so, and comes back later."""

import asyncio
from pathlib import Path

import pytest

from emulator import aws_environment, running_emulator
from installation import installation
from integration.ingest.conftest import JPEG, Edge, serving
from onlooker_shared import aws


async def test_readiness_says_whether_s3_is_there(edge: Edge) -> None:
    answer = await edge.http.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["checks"] == {"s3": "ok"}


async def test_without_s3_callers_are_told_to_come_back(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws, "ATTEMPTS", 2)  # with four, botocore's own back-off takes most of ten seconds
    with running_emulator(tmp_path) as emulator, aws_environment(emulator):
        async with installation() as installed, serving(installed) as edge:
            assert (await edge.http.put(edge.path(key), content=JPEG)).status_code == 200
            await asyncio.to_thread(emulator.kill)

            answers = await asyncio.gather(
                edge.http.put(edge.path(key), content=JPEG),
                edge.http.put(edge.path(key), content=JPEG + bytes(6 * 1024 * 1024)),
                edge.http.get(edge.path(key)),
                edge.http.get(f"/v1/{edge.images}"),
                edge.http.head(edge.path(key)),
                edge.http.delete(edge.path(key)),
                edge.http.delete(edge.path(key), headers={"If-Match": '"x"'}),
            )
            ready = await edge.http.get("/readyz")

    assert [answer.status_code for answer in answers] == [503] * 7
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    assert ready.status_code == 503


async def test_a_bucket_that_is_not_provisioned_is_nobody_s_mistake_but_ours(
    edge: Edge, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = edge.installation.common.model_copy(update={"prefix": "missing-"})
    missing = type(edge.installation)(edge.installation.aws, common)
    async with serving(missing) as unprovisioned:
        answers = [
            await unprovisioned.http.put(unprovisioned.path(key), content=JPEG),
            await unprovisioned.http.get(unprovisioned.path(key)),
            await unprovisioned.http.get(f"/v1/{unprovisioned.images}"),
            await unprovisioned.http.delete(unprovisioned.path(key)),
        ]

    assert [answer.status_code for answer in answers] == [503] * 4


async def test_what_was_done_is_counted(edge: Edge, key: str) -> None:
    async def value(name: str) -> float:
        lines = (await edge.http.get("/metrics")).text.splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)

    names = [
        "onlooker_ingest_received_bytes_total",
        'onlooker_ingest_stored_total{format="JPEG"}',
        'onlooker_ingest_refused_total{reason="unsupported_media_type"}',
        "onlooker_ingest_sent_bytes_total",
        "onlooker_ingest_deleted_total",
    ]
    before = [await value(name) for name in names]
    await edge.http.put(edge.path(key), content=JPEG + bytes(96))
    await edge.http.put(edge.path(key), content=b"text")
    await edge.http.get(edge.path(key))
    for _ in range(2):
        await edge.http.delete(edge.path(key))

    assert [await value(name) - old for name, old in zip(names, before, strict=True)] == [104, 1, 1, 100, 1]
