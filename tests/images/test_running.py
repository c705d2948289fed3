"""An image started alone, as tightly as it is deployed: read-only, without capabilities, told by variables alone."""

import json
import time

import pytest

from containers import COMMAND, GATEWAY, REKOGNITION, SERVICES, TIGHT, Image, docker, logs, running, state

SERVERS = (*SERVICES, REKOGNITION)
KEPT = {"tagger": ("--mount", "type=volume,target=/data")}  # which keeps the index there unless OpenSearch has it
UNUSABLE = 78
GRACE = 25
STARTS = 90


def _until_healthy(container: str) -> None:
    end = time.monotonic() + STARTS
    while (now := state(container))["Health"]["Status"] != "healthy":
        assert now["Running"], logs(container)
        assert time.monotonic() < end, f"{now['Health']['Log'][-1:]}\n{logs(container)}"
        time.sleep(0.2)


@pytest.mark.parametrize("image", SERVERS, ids=lambda image: image.name)
def test_gets_ready_and_ends_when_it_is_told_to(image: Image, aws: tuple[str, ...]) -> None:
    with running(image.reference, *TIGHT, *KEPT.get(image.name, ()), *aws) as container:
        _until_healthy(container)
        docker("stop", "--time", str(GRACE), container)
        assert state(container)["ExitCode"] == 0, logs(container)


@pytest.mark.parametrize("image", SERVERS, ids=lambda image: image.name)
def test_says_which_setting_is_wrong(image: Image) -> None:
    variable = f"ONLOOKER_{image.name.upper()}_PORT"
    done = docker("run", "--rm", *TIGHT, "--env", f"{variable}=many", image.reference, check=False)
    assert done.returncode == UNUSABLE, done.stdout + done.stderr
    assert variable in done.stdout + done.stderr


@pytest.mark.parametrize("image", SERVICES, ids=lambda image: image.name)
def test_says_that_there_is_no_region(image: Image) -> None:
    done = docker("run", "--rm", *TIGHT, image.reference, check=False)
    assert done.returncode == UNUSABLE, done.stdout + done.stderr
    assert "AWS_REGION" in done.stdout + done.stderr


def test_the_gateway_refuses_what_nothing_answers(aws: tuple[str, ...]) -> None:
    with running(GATEWAY.reference, *TIGHT, *aws) as container:
        program = "import socket; socket.create_connection(('127.0.0.1', 8080), 1)"
        end = time.monotonic() + STARTS
        while docker("exec", container, "/usr/local/bin/python", "-c", program, check=False).returncode:
            assert time.monotonic() < end, logs(container)
            time.sleep(0.2)
        done = docker("exec", container, "/usr/local/bin/python", "-IS", "/opt/ready.py", "8405", "/ready", check=False)
        assert done.returncode == 1
        docker("stop", "--time", str(GRACE), container)
        assert state(container)["ExitCode"] == 0, logs(container)


@pytest.mark.parametrize("configuration", ["gateway", "balancer"])
def test_haproxy_takes_its_configuration(configuration: str) -> None:
    docker("run", "--rm", *TIGHT, "--network=none", GATEWAY.reference, f"/etc/haproxy/{configuration}.cfg", "-c")


def test_the_command_tells_what_it_can() -> None:
    assert "upload" in docker("run", "--rm", *TIGHT, "--network=none", COMMAND.reference, "--help").stdout


def test_the_command_runs_where_docker_names_a_volume(aws: tuple[str, ...]) -> None:
    """A fresh volume belongs to the user of the image, so that the admin key can be written, and only by it be read."""
    program = "import os, json; s = os.stat('/data'); print(json.dumps([s.st_uid, oct(s.st_mode)]))"
    entry = ("--entrypoint", "/opt/onlooker/bin/python", COMMAND.reference, "-c", program)
    done = docker("run", "--rm", *TIGHT, "--mount", "type=volume,target=/data", *entry)
    assert json.loads(done.stdout) == [10001, "0o40700"]
