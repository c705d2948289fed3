"""The images, and what tests do with them: read what is inside, run one as tightly as Compose does, end it."""

import json
import re
import subprocess
import tarfile
import tomllib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from os import environ
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
TAG = environ.get("ONLOOKER_TAG", "latest")
EMULATOR = "ministackorg/ministack:1.5.33"
TIGHT = (
    "--read-only",
    "--tmpfs",
    "/tmp",
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
    "--pids-limit",
    "256",
)
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Image:
    """One image and what it is held to.

    Attributes:
        name: after `onlooker/`.
        member: the folder of what runs in it.
        megabytes: more than which it must not weigh.
        port: on which it answers, if it does.
        module: the package that is its own, if it is Python.
        requirements: the file of all that is installed in it.
    """

    name: str
    member: str
    megabytes: int
    port: int | None = None
    module: str | None = None
    requirements: str = "requirements.txt"

    @property
    def reference(self) -> str:
        """By which Docker knows it."""
        return f"onlooker/{self.name}:{TAG}"

    @property
    def declared(self) -> set[str]:
        """The distributions that it has to have: those pinned for a Linux with its Python, and our own."""
        if self.module is None:
            return set()
        project = tomllib.loads((ROOT / self.member / "pyproject.toml").read_text())["project"]
        own = {project["name"]} | {"onlooker-shared"} & set(project["dependencies"])
        linux = {"sys_platform": "linux", "platform_system": "Linux", "python_version": "3.13", "extra": ""}
        linux |= {
            "python_full_version": "3.13.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }
        pins = re.findall(
            r"^([\w.-]+)(?:\[.*?\])?==\S+(?: ; ([^\\\n]+))?",
            (ROOT / self.member / self.requirements).read_text(),
            re.MULTILINE,
        )
        return own | {canonicalize_name(name) for name, marker in pins if not marker or Marker(marker).evaluate(linux)}


def _service(name: str, megabytes: int = 220) -> Image:
    return Image(name, f"services/{name}", megabytes, 8080, f"onlooker_{name}")


SERVICES = tuple(_service(name) for name in ("ingest", "recognizer", "annotator", "tagger", "notifier", "console"))
REKOGNITION = Image(
    "rekognition", "services/rekognition", 700, 8430, "onlooker_rekognition", "requirements-serving.txt"
)
COMMAND = Image("onlooker", "cli", 220, None, "onlooker", "requirements-client.txt")
GATEWAY = Image("gateway", "infra/haproxy", 100, 8080)
IMAGES = (*SERVICES, REKOGNITION, COMMAND, GATEWAY)


def docker(*arguments: str, seconds: float = 120, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command of Docker and return its end; a failure shows what it said."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds, check=False)
    assert not check or done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr}"
    return done


@cache
def described(image: Image) -> dict[str, Any]:
    """Return what Docker says of an image; it has to be built (`make images`)."""
    described: dict[str, Any] = json.loads(docker("image", "inspect", image.reference).stdout)[0]
    return described


@cache
def files(image: Image) -> dict[str, tarfile.TarInfo]:
    """Return all that is in an image by its path, which begins with a slash."""
    return {f"/{member.name.rstrip('/')}": member for member, _ in contents(image)}


def contents(image: Image) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    """Yield every file, with its bytes if it is a regular one of less than a megabyte."""
    container = docker("create", image.reference).stdout.strip()
    try:
        with (
            subprocess.Popen(["docker", "export", container], stdout=subprocess.PIPE) as export,
            tarfile.open(fileobj=export.stdout, mode="r|") as archive,
        ):
            for member in archive:
                file = archive.extractfile(member) if member.isreg() and member.size < MEGABYTE else None
                yield member, file.read() if file else b""
    finally:
        docker("rm", "--volumes", container)


def python(image: Image, program: str) -> str:
    """Return what a program prints that an image's own Python runs, as tightly as it is deployed."""
    interpreter = "/opt/onlooker/bin/python" if image.module else "/usr/local/bin/python"
    return docker(
        "run", "--rm", "--network=none", *TIGHT, f"--entrypoint={interpreter}", image.reference, "-c", program
    ).stdout


@contextmanager
def network() -> Iterator[str]:
    """Yield the name of a network of its own that leads nowhere else."""
    name = f"onlooker-test-{uuid.uuid4().hex[:8]}"
    docker("network", "create", "--internal", name)
    try:
        yield name
    finally:
        docker("network", "rm", name)


@contextmanager
def running(reference: str, *options: str, command: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a container's id, and remove it whatever happened."""
    container = docker("run", "--detach", *options, reference, *command).stdout.strip()
    try:
        yield container
    finally:
        docker("rm", "--force", "--volumes", container)


def state(container: str) -> dict[str, Any]:
    """Return the state of a container."""
    found: dict[str, Any] = json.loads(docker("inspect", container).stdout)[0]["State"]
    return found


def logs(container: str) -> str:
    """Return all it wrote."""
    done = docker("logs", container)
    return done.stdout + done.stderr
