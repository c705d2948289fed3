"""Onlooker in containers for tests: a Compose project of its own, which is started, hurt, changed and looked at."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from installed import Installed

ROOT = Path(__file__).parents[1]
OVERRIDES = ROOT / "infra" / "compose"
OWN = "onlooker/"
"""What the names of our own images begin with; all others are emulators and databases."""
ERASED = "\x1b[2K"
"""What Compose writes before a line to erase what may stand there, whether or not it writes to a terminal."""
START_SECONDS = 300
COMMAND_SECONDS = 120
COMES_BACK = 120.0
"""Seconds after which a container that was killed counts as not coming back."""


@dataclass
class Deployment:
    """A Compose project.

    Attributes:
        project: its name.
        files: docker-compose.yml and what is put over it.
        environment: what its variables are set to.
        ended: the logs of containers that are no more.
    """

    project: str
    files: Sequence[Path]
    environment: dict[str, str]
    ended: list[str] = field(default_factory=list)

    @classmethod
    def named(cls, overrides: Sequence[str], settings: Mapping[str, str]) -> "Deployment":
        """Return a project that is not started yet.

        Args:
            overrides: of infra/compose, by their names without `.yml`.
            settings: variables, as somebody would write them into `.env`.
        """
        files = [ROOT / "docker-compose.yml", *(OVERRIDES / f"{name}.yml" for name in overrides)]
        port = str(_free_port())
        return cls(f"onlooker-test-{uuid.uuid4().hex[:8]}", files, {"ONLOOKER_PORT": port, **settings})

    @property
    def installed(self) -> Installed:
        """Where it answers, with the admin key, as its users learn them."""
        key = self.compose("run", "--rm", "--no-deps", "-T", "onlooker", "key").strip()
        return Installed(f"http://127.0.0.1:{self.environment['ONLOOKER_PORT']}", key)

    def compose(self, *arguments: str, timeout: float = COMMAND_SECONDS) -> str:
        """Run `docker compose` and return what it prints. Raises AssertionError, with its errors, if it fails."""
        files = [part for path in self.files for part in ("--file", str(path))]
        # No .env of whoever runs the tests: a deployment has what its test gives it.
        command = ["docker", "compose", "--project-name", self.project, *files, "--env-file", os.devnull, *arguments]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ONLOOKER_", "AWS_"))}
        environment = inherited | self.environment
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, env=environment)
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stderr[-4000:]}"
        return done.stdout

    def up(self, *arguments: str) -> None:
        """Start what is not running, or not as it should be, and wait until it is healthy."""
        with self._explained():
            waiting = ("--wait", "--wait-timeout", str(START_SECONDS))
            self.compose("up", "--detach", "--pull", "never", *waiting, *arguments, timeout=START_SECONDS + 60)

    def down(self, *arguments: str) -> None:
        """Stop and remove all containers; the volumes stay, unless told otherwise."""
        self.keep_logs()
        self.compose("down", "--timeout", "35", *arguments)

    def services(self) -> list[str]:
        """Return the names of the services that run."""
        return sorted({container["Config"]["Labels"]["com.docker.compose.service"] for container in self.containers()})

    def containers(self, *services: str) -> list[dict[str, Any]]:
        """Return what Docker knows of the running containers, of some services or of all."""
        ids = self.compose("ps", "--quiet", *services).split()
        return json.loads(docker("inspect", *ids)) if ids else []

    def kill(self, service: str) -> None:
        """Have a service's containers crash, and wait until Docker has started them again.

        Not by `docker kill`: what somebody ends on purpose is not started again. Where the process belongs to somebody
        else, or Docker runs in a machine of its own, a container with `--privileged --pid=host` does it, so the tests
        need an engine that allows that.
        """
        for container in self.containers(service):
            _kill_process(container["State"]["Pid"])
            _await_restart(container)

    def stop_and_start(self, service: str) -> None:
        """Stop a service in order, and start it again."""
        self.compose("restart", "--no-deps", "--timeout", "35", service)

    def settle(self) -> None:
        """Wait until every container is healthy."""
        deadline = time.monotonic() + COMES_BACK
        while unwell := [each["Name"] for each in self.containers() if _health(each) != "healthy"]:
            assert time.monotonic() < deadline, f"not healthy: {unwell}"
            time.sleep(0.5)
        with httpx.Client(base_url=f"http://127.0.0.1:{self.environment['ONLOOKER_PORT']}", timeout=10) as http:
            while (answer := http.get("/readyz")).status_code != httpx.codes.OK:
                assert time.monotonic() < deadline, answer.text
                time.sleep(0.2)

    def logs(self, *services: str) -> str:
        """Return what containers have logged that are still there."""
        return self.compose("logs", "--no-color", *services).replace(ERASED, "")

    def keep_logs(self, *services: str) -> None:
        """Keep the logs of containers that are about to be removed."""
        self.ended.append(self.logs(*services))

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Tell why it did not start: Compose names only the container."""
        try:
            yield
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()[-6000:]}") from error


def docker(*arguments: str, stdin: str | None = None) -> str:
    """Run `docker` and return what it prints."""
    done = subprocess.run(
        ["docker", *arguments], input=stdin, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
    )
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stderr[-2000:]}"
    return done.stdout


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something holds that has no event to await. Raises AssertionError if it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"did not come to be in {seconds:.0f} s"
        time.sleep(0.1)


def is_ours(container: Mapping[str, Any]) -> bool:
    """Whether a container is one of our images."""
    return bool(container["Config"]["Image"].startswith(OWN))


def _kill_process(pid: int) -> None:
    """Kill a process of the machine that Docker runs on, which may be a virtual one inside this machine."""
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        killing = f"import os; os.kill({pid}, 9)"
        docker("run", "--rm", "--pid=host", "--privileged", "python:3.13-slim", "python", "-c", killing)


def _await_restart(container: Mapping[str, Any]) -> None:
    deadline = time.monotonic() + COMES_BACK
    while True:
        (now,) = json.loads(docker("inspect", container["Id"]))
        if now["RestartCount"] > container["RestartCount"] and now["State"]["Running"]:
            return
        assert time.monotonic() < deadline, f"{container['Name']} was killed and did not come back: {now['State']}"
        time.sleep(0.1)


def _health(container: Mapping[str, Any]) -> str:
    """Return a container's health; one without a check of its own is healthy as long as it runs."""
    state = container["State"]
    return str(state["Health"]["Status"] if "Health" in state else "healthy" if state["Running"] else "ended")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
