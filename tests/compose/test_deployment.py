"""Onlooker in containers: the whole way of a picture, and nothing lost or doubled whatever happens to a container.

One deployment goes through all of it, in the order in which the tests are written here.
"""

import asyncio
import io
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from crowd import crowd
from deployment import ROOT, Deployment, docker, is_ours
from installed import (
    BUCKET,
    Installed,
    counted,
    eventually,
    found,
    known_at,
    send,
    send_stubbornly,
    told_of,
    what_became_of,
)
from onlooker.client import OnlookerClient, connect, object_path
from onlooker.pictures import Picture
from onlooker.uploading import Uploaded

HURT = (
    "recognizer",
    "annotator",
    "tagger",
    "notifier",
    "ingest",
    "gateway",
    "rekognition",
    "collections",
    "balancer",
    "opensearch",
    "console",
    "keeper",
)
"""Services that are stopped and killed, as far as they run here: all but the emulator, which has a test of its own."""
CROWD = 60
EVERYBODY = {"recognizer", "annotator", "tagger"}
FORGOTTEN = ("NoSuchBucket", "QueueDoesNotExist", "NonExistentQueue", "ResourceNotFoundException", "NotFound")
"""What an emulator answers that has lost its memory, until the keeper has put it back: no service expects that."""
WRITES = "open('/own', 'w')"
"""What no container of ours can do: in Python, which they have."""


@pytest.fixture(scope="session")
def portrait(pictures: Path) -> Path:
    """The picture that crowds are made of."""
    return pictures / "portraits" / "obama.jpg"


async def all_is_well(client: OnlookerClient, sent: list[Uploaded]) -> list[str | None]:
    """Fail unless each picture went all the way once: recognized, annotated, indexed, told; returns their ids."""
    results = await what_became_of(client, sent)
    assert [(each.picture.key, each.stage, each.reason) for each in results if each.stage != "done"] == []
    ids = [each.image_id for each in results]
    prefix = f"{sent[0].picture.key.split('/')[0]}/"
    assert len(set(ids)) == len(sent)
    await counted(client, prefix, len(sent))
    messages = await eventually(lambda: told_of(client, ids), lambda told: set(itertools.chain(*told)) == set(ids))
    assert sorted(itertools.chain(*messages)) == sorted(filter(None, ids)), "each was told once"
    return ids


@pytest.mark.timeout(300)
def test_the_suite_that_the_embedded_stack_passes_passes_here(installed: Installed) -> None:
    environment = {**os.environ, "ONLOOKER_TEST_URL": installed.url, "ONLOOKER_TEST_KEY": installed.key}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(ROOT / "tests" / "e2e")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=290)
    assert done.returncode == 0, done.stdout[-6000:]


def test_each_container_of_ours_can_do_no_more_than_it_must(deployment: Deployment) -> None:
    ours = {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in deployment.containers()}
    ours = {service: each for service, each in ours.items() if is_ours(each)}
    assert {"ingest", "recognizer", "annotator", "tagger", "notifier", "console", "gateway"} <= set(ours)
    for service, container in ours.items():
        host = container["HostConfig"]
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        assert not host["Privileged"], service
        assert any(option.startswith("no-new-privileges") for option in host["SecurityOpt"]), service
        assert host["Memory"] > 0, service
        assert host["PidsLimit"] > 0, service
        assert container["Config"]["User"].split(":")[0] not in {"", "0", "root"}, service
    with pytest.raises(AssertionError, match="Read-only file system"):
        deployment.compose("exec", "-T", "recognizer", "/opt/onlooker/bin/python", "-c", WRITES)


def test_the_gateway_is_the_only_door_and_for_this_machine_alone(deployment: Deployment) -> None:
    doors = {
        each["Config"]["Labels"]["com.docker.compose.service"]: each["NetworkSettings"]["Ports"]
        for each in deployment.containers()
    }
    published = {service: list(filter(None, ports.values())) for service, ports in doors.items() if any(ports.values())}
    port = deployment.environment["ONLOOKER_PORT"]
    assert published == {"gateway": [[{"HostIp": "127.0.0.1", "HostPort": port}]]}


@pytest.mark.timeout(420)
async def test_nothing_is_lost_or_doubled_while_one_after_another_is_stopped_and_killed(
    deployment: Deployment, installed: Installed, client: OnlookerClient, portrait: Path, tmp_path: Path
) -> None:
    running = deployment.services()
    pictures = [Picture(path, f"hurt/{path.name}") for path in crowd(portrait, tmp_path, CROWD)]
    blows: list[tuple[Callable[[str], None], str]] = [
        (blow, service)
        for blow in (deployment.kill, deployment.stop_and_start)
        for service in HURT
        if service in running
    ]
    sent: list[Uploaded] = []
    for number, (blow, service) in enumerate(blows):
        portion = pictures[number :: len(blows)]
        async with asyncio.TaskGroup() as group:
            sending = [group.create_task(send_stubbornly(client, picture)) for picture in portion]
            group.create_task(asyncio.to_thread(blow, service))
        sent += [task.result() for task in sending]
    await asyncio.to_thread(deployment.settle)
    await all_is_well(client, sent)
    assert await asyncio.to_thread(installed.dead_letters, "hurt/") == []


@pytest.mark.timeout(300)
async def test_an_emulator_that_was_killed_has_what_was_saved_and_takes_the_rest_again(
    deployment: Deployment, installed: Installed, client: OnlookerClient, portrait: Path, tmp_path: Path
) -> None:
    pictures = [Picture(path, f"outage/{path.name}") for path in crowd(portrait, tmp_path, 16)]
    saved = await send(client, pictures[:8])
    ids = await all_is_well(client, saved)
    await asyncio.to_thread(deployment.stop_and_start, "keeper")  # it saves what there is before it ends
    async with asyncio.TaskGroup() as group:
        interrupted = [group.create_task(send_stubbornly(client, picture)) for picture in pictures[8:]]
        group.create_task(asyncio.to_thread(deployment.kill, "aws"))
    await asyncio.to_thread(deployment.settle)

    async with asyncio.TaskGroup() as group:  # those that were accepted a moment before may be gone with the emulator
        again = [group.create_task(send_stubbornly(client, task.result().picture)) for task in interrupted]
    for image_id in ids:
        assert await eventually(lambda of=str(image_id): known_at(client, of), lambda known: known == EVERYBODY)
    original = await _original(installed, pictures[0].key)
    assert original == pictures[0].path.read_bytes()
    results = await what_became_of(client, [*saved, *(task.result() for task in again)])
    assert [(each.picture.key, each.stage, each.reason) for each in results if each.stage != "done"] == []
    await counted(client, "outage/", len(pictures))
    told = await told_of(client, ids)
    assert sorted(itertools.chain(*told)) == sorted(filter(None, ids)), "what was told before is not told again"


@pytest.mark.timeout(240)
async def test_a_service_is_upgraded_while_pictures_come(
    deployment: Deployment, client: OnlookerClient, portrait: Path, tmp_path: Path
) -> None:
    image, tag = "onlooker/recognizer", f"next-{deployment.project}"
    recipe = f"FROM {image}:{deployment.environment['ONLOOKER_TAG']}\nLABEL org.onlooker.next=1\n"
    docker("build", "--quiet", "--tag", f"{image}:{tag}", "-", stdin=recipe)
    try:
        pictures = [Picture(path, f"upgrade/{path.name}") for path in crowd(portrait, tmp_path, 20)]
        before = {each["Id"] for each in deployment.containers("recognizer")}
        deployment.keep_logs("recognizer")
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(_one_after_another(client, pictures))
            upgraded = {**deployment.environment, "ONLOOKER_TAG": tag}
            newer = Deployment(deployment.project, deployment.files, upgraded)
            group.create_task(asyncio.to_thread(newer.up, "--no-deps", "recognizer"))
        (after,) = deployment.containers("recognizer")
        assert after["Config"]["Labels"]["org.onlooker.next"] == "1"
        assert after["Id"] not in before
        await all_is_well(client, sending.result())
        deployment.keep_logs("recognizer")
        await asyncio.to_thread(deployment.up, "--no-deps", "recognizer")
    finally:
        docker("image", "rm", f"{image}:{tag}")


@pytest.mark.timeout(240)
async def test_replicas_share_the_work(
    deployment: Deployment, client: OnlookerClient, portrait: Path, tmp_path: Path
) -> None:
    replicas = {"recognizer": 3, "rekognition": 2}
    scaled = [part for service, count in replicas.items() for part in ("--scale", f"{service}={count}")]
    await asyncio.to_thread(deployment.up, "--no-recreate", *scaled)
    pictures = [Picture(path, f"shared/{path.name}") for path in crowd(portrait, tmp_path, 36)]
    ids = await all_is_well(client, await send(client, pictures))
    done: dict[str, set[str]] = {service: set() for service in replicas}
    known = set(ids)
    traces = {(await client.recognition(str(image_id)))["trace_id"] for image_id in ids}
    for line in deployment.logs(*replicas).splitlines():
        container, _, text = line.partition("|")
        entry = json.loads(text) if text.strip().startswith("{") else {}
        if entry.get("image_id") in known or entry.get("trace_id") in traces:
            done[container.strip().rpartition("-")[0]].add(container.strip())
    assert {service: len(containers) for service, containers in done.items()} == replicas
    deployment.keep_logs(*replicas)
    await asyncio.to_thread(
        deployment.up, "--no-recreate", *itertools.chain(*(("--scale", f"{s}=1") for s in replicas))
    )


@pytest.mark.timeout(420)
async def test_down_and_up_keeps_pictures_the_index_keys_and_sessions(
    deployment: Deployment, installed: Installed, portrait: Path, tmp_path: Path
) -> None:
    (path,) = crowd(portrait, tmp_path, 1)
    async with httpx.AsyncClient(base_url=installed.url, follow_redirects=True) as browser:
        signed_in = await browser.post(
            "/console/signin", data={"access_key": installed.key}, headers=_same_origin(installed)
        )
        assert signed_in.status_code == httpx.codes.OK
        async with connect(installed.url, installed.key) as client:
            (sent,) = await send(client, [Picture(path, "kept/picture.jpg")])
            await all_is_well(client, [sent])
            before = await client.statistics()

        await asyncio.to_thread(deployment.down)
        await asyncio.to_thread(deployment.up)

        assert deployment.installed == installed, "the key is the same, and so is the door"
        async with connect(installed.url, installed.key) as client:
            assert sent.image_id is not None
            assert await known_at(client, sent.image_id) == EVERYBODY
            await counted(client, "", before["total"])
            await found(client, {"prefix": "kept/", "q": "person"}, [sent.image_id])
            link = (await client.annotation(sent.image_id))["annotated"]["url"]
        annotated = await browser.get(link)
        assert Image.open(io.BytesIO(annotated.content)).format == "JPEG"
        assert await _original(installed, "kept/picture.jpg") == path.read_bytes()
        page = await browser.get(f"/console/pictures/{sent.image_id}")
        assert (page.status_code, page.url.path) == (httpx.codes.OK, f"/console/pictures/{sent.image_id}")


@pytest.mark.timeout(60)
def test_a_picture_is_followed_through_the_logs_of_all_containers(deployment: Deployment, installed: Installed) -> None:
    # What came before `down` went with its containers.
    logs = "\n".join([*deployment.ended, deployment.logs()])
    environment = {**os.environ, "ONLOOKER_URL": installed.url, "ONLOOKER_KEY": installed.key, "COLUMNS": "200"}
    command = [sys.executable, "-m", "onlooker", "trace", "kept/picture.jpg", "-"]
    shown = subprocess.run(command, input=logs, env=environment, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    for service in ("ingest", "recognizer", "rekognition", "annotator", "tagger", "notifier"):
        assert re.search(rf" {service}-\d+ ", shown.stdout), service


def test_no_service_failed_in_a_way_that_was_not_expected(deployment: Deployment) -> None:
    lines = itertools.chain(*(text.splitlines() for text in (*deployment.ended, deployment.logs())))
    ours = [line for line in lines if not re.match(r"(aws|opensearch)-\d+ ", line)]
    unexpected = [line for line in ours if "Traceback" in line and not any(code in line for code in FORGOTTEN)]
    assert unexpected == []


def test_the_emulator_is_well(deployment: Deployment) -> None:
    image = deployment.containers("aws")[0]["Config"]["Image"]
    if not image.startswith("localstack/"):
        pytest.skip(f"{image} tells nothing of its parts")
    told = deployment.compose("exec", "-T", "aws", "curl", "-sf", "http://127.0.0.1:4566/_localstack/health")
    states: dict[str, Any] = json.loads(told)["services"]
    wanted = ("s3", "sqs", "sns", "ses", "dynamodb")
    assert {service: states[service] for service in wanted} == dict.fromkeys(wanted, "running")


async def _one_after_another(client: OnlookerClient, pictures: list[Picture]) -> list[Uploaded]:
    return [await send_stubbornly(client, picture) for picture in pictures]


async def _original(installed: Installed, key: str) -> bytes:
    """Return what is stored under a key."""
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {installed.key}"}) as http:
        answer = await http.get(installed.url + object_path(BUCKET, key))
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.content


def _same_origin(installed: Installed) -> dict[str, str]:
    return {"Origin": installed.url, "Sec-Fetch-Site": "same-origin"}
