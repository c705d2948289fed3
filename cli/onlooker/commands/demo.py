"""`onlooker demo`: the main job on a folder of pictures, from nothing to mail, in one go."""

import asyncio
import json
import os
import shlex
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypeAlias, cast

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
"""Seconds that the demo waits for a mail: several digests."""
ALERTED = "door@localhost.localdomain"
"""Whom the demo's rule mails to: by that its mail is told from the one about all pictures."""
RULE = {
    "name": "Somebody known was seen",
    "when": {"person": {"known": True}},
    "channels": [{"type": "email", "to": ALERTED}],
    "digest_interval": 0,
    "cooldown": 3600,
    "per": ["person"],
}
"""Tells at once when somebody is seen who is known, of each of them once an hour."""
FIRST_FOUND = 5
"""Pictures that the demo's search prints."""

Mail: TypeAlias = dict[str, Any]
"""As the emulator keeps it: `Subject`, `To`, `BodyText`."""


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
            await self._make_rule(client, known)
            self._say(f"Sending {words.many(len(found), 'picture')}.")
            bucket = CommonSettings().topology.images.name
            results = await upload.send(client, bucket, found, wait=True, patience=120.0)
            self._console.print(upload.table_of(results))
            self._say(stats.summary(await client.statistics()))
            seen = await self._show_people(client, enrolled)
            await self._show_search(client)
            mailed = await self._show_mail()
            alerted = not seen or await self._show_alert(enrolled)
            await self._save_annotated(client, results)
            dead = await print_states(client, self._console)
            await self._show_console()
        refused = any(result.stage == "refused" for result in enrolled)
        return mailed and alerted and not dead and not refused and all(result.stage == "done" for result in results)

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

    async def _make_rule(self, client: OnlookerClient, known: Sequence[Wanted]) -> None:
        """Have somebody told of the pictures that people are in who are known."""
        if not known:
            return
        await client.make_rule(RULE)
        self._say(f"A rule mails to {ALERTED}, once an hour for each person, when {json.dumps(RULE['when'])}.")

    async def _show_people(self, client: OnlookerClient, enrolled: Sequence[Enrolled]) -> bool:
        """Print in which pictures the first person is who was recognized in any; return whether there is one."""
        names = dict.fromkeys(result.name for result in enrolled if result.person_id)
        for name in names:
            page = await client.search({"person": name, "limit": FIRST_FOUND})
            if page["images"]:
                self._say(f"onlooker search --person {shlex.quote(name)}")
                self._console.print(searching.table_of(page["images"]))
                return True
        if names:
            self._say("None of them is in these pictures.")
        return False

    async def _show_search(self, client: OnlookerClient) -> None:
        labels = (await client.statistics())["labels"]
        if not labels:
            return
        word = labels[0]["name"]
        page = await client.search({"q": word, "limit": FIRST_FOUND})
        self._say(f"onlooker search {word}")
        self._console.print(searching.table_of(page["images"]))

    async def _show_mail(self) -> bool:
        """Print the mail about all pictures; returns whether there was one."""
        well = await self._mail(lambda mail: ALERTED not in mail["To"])
        if not well:
            self._say(f"No mail was sent within {MAIL_PATIENCE:.0f} s.")
        return well

    async def _show_alert(self, enrolled: Sequence[Enrolled]) -> bool:
        """Print the mail that the rule sent, with somebody's name in it; returns whether there was one."""
        names = {result.name for result in enrolled}
        well = await self._mail(lambda mail: ALERTED in mail["To"] and any(name in mail["BodyText"] for name in names))
        if not well:
            self._say(f"The rule sent no mail that names somebody within {MAIL_PATIENCE:.0f} s.")
        return well

    async def _mail(self, meant: Callable[[Mail], bool]) -> bool:
        """Print the first mail that is meant; returns whether there was one in time."""
        running = self._folder.running()
        mail = await _wait_for_mail(running.emulator_url, meant) if running else None
        if mail is None:
            return False
        title, to = Text(mail["Subject"]), Text(f"mail to {', '.join(mail['To'])}")  # of strings it reads markup
        text = Text("\n".join(mail["BodyText"].strip().splitlines()))
        self._console.print(Panel(text, title=title, subtitle=to, width=100))
        return True

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


async def _wait_for_mail(emulator_url: str, meant: Callable[[Mail], bool]) -> Mail | None:
    """Return the first such mail that the emulator holds: it sends none anywhere, it keeps them to be looked at."""
    async with httpx.AsyncClient(base_url=emulator_url) as http:
        deadline = time.monotonic() + MAIL_PATIENCE
        while time.monotonic() < deadline:
            kept = (await http.get("/_ministack/ses/messages")).json()["messages"]
            found = next((mail for account in kept.values() for mail in account if meant(mail)), None)
            if found is not None:
                return cast("Mail", found)
            await asyncio.sleep(0.5)
    return None
