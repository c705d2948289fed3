"""What an image says of itself, and what it weighs."""

import subprocess
import sys
import uuid

import pytest

from containers import GATEWAY, IMAGES, MEGABYTE, REKOGNITION, ROOT, SERVICES, Image, described, docker

DEPENDENCIES = """
FROM scratch
COPY --from=base /image /
COPY --from=dependencies /made /
"""
"""What the Rekognition server needs, alone: its models are compared with their lock file whenever they are made."""


def test_weighs_no_more_than_it_may(image: Image, capsys: pytest.CaptureFixture[str]) -> None:
    megabytes = described(image)["Size"] / MEGABYTE
    with capsys.disabled():
        sys.stdout.write(f"\n{image.reference}: {megabytes:.0f} MB of {image.megabytes} MB\n")
    assert megabytes <= image.megabytes


def test_runs_as_nobody_in_particular(image: Image) -> None:
    assert described(image)["Config"]["User"] == "10001:10001"


def test_says_what_it_is(image: Image) -> None:
    labels = described(image)["Config"]["Labels"]
    for name in ("title", "description", "licenses", "version", "revision"):
        assert labels[f"org.opencontainers.image.{name}"]
    assert "org.opencontainers.image.source" in labels
    assert "Apache-2.0" in labels["org.opencontainers.image.licenses"]


def test_asks_itself_whether_it_is_ready(image: Image) -> None:
    config = described(image)["Config"]
    assert config["StopSignal"] == ("SIGUSR1" if image == GATEWAY else "SIGTERM")
    if image.port:
        assert f"{image.port}/tcp" in config["ExposedPorts"]
        assert "/opt/ready.py" in config["Healthcheck"]["Test"]
        assert "curl" not in " ".join(config["Healthcheck"]["Test"])


def test_shares_its_base_with_all_others() -> None:
    bases = {described(image)["RootFS"]["Layers"][0] for image in IMAGES if image.module}
    assert len(bases) == 1


@pytest.mark.parametrize(("image", "more"), [(SERVICES[0], ""), (REKOGNITION, DEPENDENCIES)], ids=["ingest", "opencv"])
def test_two_builds_give_the_same_layers(image: Image, more: str) -> None:
    """Built again from nothing, each byte is the same: of one image, and of what has most of others' code in it."""
    assert _layers_built(image, more) == _layers_built(image, more)


def _layers_built(image: Image, more: str) -> str:
    tag = f"onlooker/test-{uuid.uuid4().hex[:8]}"
    dockerfile = (ROOT / image.member / "Dockerfile").read_text() + more
    command = ["docker", "build", "--quiet", "--no-cache", "--build-arg", "SOURCE_DATE_EPOCH=1700000000"]
    built = [*command, "--tag", tag, "--file", "-", "."]
    subprocess.run(built, input=dockerfile, text=True, cwd=ROOT, check=True, timeout=900)
    try:
        return docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", tag).stdout
    finally:
        docker("rmi", tag)
