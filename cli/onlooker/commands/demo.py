"""`onlooker demo`: the main job on a folder of pictures, from nothing to mail, in one go."""

import asyncio
import os
import shlex
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.panel import Panel
from rich.text import Text

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands import enrol, stats, upload
from onlooker.commands import search as searching
from onlooker.commands.queues import print_states
from onlooker.datafolder import DataFolder
from onlooker.enrolling import Enrolled, Wanted, of_folder
from onlooker.installed import require_embedded
from onlooker.pictures import Picture, pictures
from onlooker.stack.child import Child
from onlooker.target import Target
from onlooker.uploading import Uploaded
from onlooker_shared.errors import ConfigurationError
from onlooker_shared.settings import CommonSettings

DIGEST = 3
"""Seconds over which the demo's mails are gathered."""
MAIL_PATIENCE = 30.0
"""Seconds that the demo waits for the mail: several digests."""
FIRST_FOUND = 5
"""Pictures that the demo's search prints."""


def demo(
    photos: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of pictures.")],
    output: Annotated[Path, typer.Option(help="Where the annotated pictures go.")] = Path("onlooker-demo"),
    people: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="People to be named: a folder for each, called as they are."),
    ] = None,
) -> None:
    """Start a fresh Onlooker, send it a folder of pictures, and show what comes out. Exits 1 if anything went wrong."""
    require_embedded("demo")
    found = pictures([photos])
    if not found:
        raise ConfigurationError(f"There are no pictures in {photos}.")
    known = of_folder(people) if people else []
    with tempfile.TemporaryDirectory(prefix="onlooker-demo-") as folder:
        well = asyncio.run(_Demo(DataFolder(Path(folder)), output).run(found, known))
    if not well:
        raise typer.Exit(1)


class _Demo:
    def __init__(self, folder: DataFolder, output: Path) -> None:
        self._folder = folder
        self._output = output
        self._console = terminal.output()
        self._began = time.monotonic()

    async def run(self, found: Sequence[Picture], known: Sequence[Wanted]) -> bool:
        """Run all of it; returns whether all went well."""
        async with self._stack(), Target(self._folder).client() as client:
            self._say("Onlooker is up.")
            enrolled = await self._enrol(client, known)
            self._say(f"Sending {words.many(len(found), 'picture')}.")
            bucket = CommonSettings().topology.images.name
            results = await upload.send(client, bucket, found, wait=True, patience=120.0)
            self._console.print(upload.table_of(results))
            self._say(stats.summary(await client.statistics()))
            await self._show_people(client, enrolled)
            await self._show_search(client)
            mailed = await self._show_mail()
            await self._save_annotated(client, results)
            dead = await print_states(client, self._console)
            await self._show_console()
        refused = any(result.stage == "refused" for result in enrolled)
        return mailed and not dead and not refused and all(result.stage == "done" for result in results)

    @asynccontextmanager
    async def _stack(self) -> AsyncIterator[None]:
        command = [sys.executable, "-m", "onlooker", "up", "--data", str(self._folder.root)]
        child = Child(
            "demo's Onlooker",
            [*command, "--emulator-port", "0", "--rekognition-port", "0"],
            self._folder.log("onlooker"),
        )
        try:
            await child.start(os.environ | {"ONLOOKER_NOTIFIER_DIGEST_INTERVAL": str(DIGEST)}, 0)
            yield
        finally:
            await child.stop()

    async def _enrol(self, client: OnlookerClient, known: Sequence[Wanted]) -> list[Enrolled]:
        if not known:
            return []
        self._say(f"Enrolling {words.people(len(known))}.")
        results = await enrol.send(client, known)
        self._console.print(enrol.table_of(results))
        return results

    async def _show_people(self, client: OnlookerClient, enrolled: Sequence[Enrolled]) -> None:
        """Print in which pictures the first person is who was recognized in any."""
        names = dict.fromkeys(result.name for result in enrolled if result.person_id)
        for name in names:
            page = await client.search({"person": name, "limit": FIRST_FOUND})
            if page["images"]:
                self._say(f"onlooker search --person {shlex.quote(name)}")
                self._console.print(searching.table_of(page["images"]))
                return
        if names:
            self._say("None of them is in these pictures.")

    async def _show_search(self, client: OnlookerClient) -> None:
        labels = (await client.statistics())["labels"]
        if not labels:
            return
        word = labels[0]["name"]
        page = await client.search({"q": word, "limit": FIRST_FOUND})
        self._say(f"onlooker search {word}")
        self._console.print(searching.table_of(page["images"]))

    async def _show_mail(self) -> bool:
        """Print the mail that was sent; returns whether there was one."""
        running = self._folder.running()
        mail = await self._wait_for_mail(running.emulator_url) if running else None
        if mail is None:
            self._say(f"No mail was sent within {MAIL_PATIENCE:.0f} s.")
            return False
        title, to = Text(mail["Subject"]), Text(f"mail to {', '.join(mail['To'])}")  # of strings it reads markup
        self._console.print(
            Panel("\n".join(mail["BodyText"].strip().splitlines()), title=title, subtitle=to, width=100)
        )
        return True

    async def _wait_for_mail(self, emulator_url: str) -> dict[str, Any] | None:
        """Return the first mail that the emulator holds: it sends none anywhere, it keeps them to be looked at."""
        async with httpx.AsyncClient(base_url=emulator_url) as http:
            deadline = time.monotonic() + MAIL_PATIENCE
            while time.monotonic() < deadline:
                kept = (await http.get("/_ministack/ses/messages")).json()["messages"]
                mails: list[dict[str, Any]] = [mail for account in kept.values() for mail in account]
                if mails:
                    return mails[0]
                await asyncio.sleep(0.5)
        return None

    async def _save_annotated(self, client: OnlookerClient, results: Sequence[Uploaded]) -> None:
        for result in results:
            if result.stage != "done" or result.image_id is None:
                continue
            links = await client.annotation(result.image_id)
            await client.download(
                links["annotated"]["url"], self._output / f"{Path(result.picture.key).with_suffix('')}.jpg"
            )
        self._say(f"The annotated pictures are in {self._output.absolute()}")

    async def _show_console(self) -> None:
        """Say where the web console is. Whoever sits at a terminal may look around in it before all of it ends."""
        target = Target(self._folder)
        if not (sys.stdin.isatty() and self._console.is_terminal):
            self._say(
                "To look at pictures of your own in a browser: `onlooker up`, open http://127.0.0.1:8080/console, and "
                "sign in with what `onlooker key` prints."
            )
            return
        self._say(f"Look around: {target.url}/console\nSign in with  {target.key}\nEnter ends the demo.")
        await line_of_input()

    def _say(self, text: str) -> None:
        self._console.print(f"[{time.monotonic() - self._began:5.1f} s] {text}", soft_wrap=True)


async def line_of_input() -> None:
    """Return once Enter was pressed, or the input ended; Ctrl-C goes its own way meanwhile."""
    pressed = asyncio.Event()
    loop, keyboard = asyncio.get_running_loop(), sys.stdin.fileno()
    loop.add_reader(keyboard, pressed.set)
    try:
        await pressed.wait()
    finally:
        loop.remove_reader(keyboard)
    sys.stdin.readline()
