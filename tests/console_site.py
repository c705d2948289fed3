"""The console as it is deployed: behind a real HTTP server, with the services that it calls, over the real emulator."""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from installation import Installation, eventually, working
from onlooker_annotator.__main__ import compose as annotator
from onlooker_console.__main__ import compose as console
from onlooker_ingest.__main__ import compose as ingest
from onlooker_notifier.__main__ import compose as notifier
from onlooker_recognizer.__main__ import compose as recognizer
from onlooker_shared.images import ImageRef
from onlooker_shared.keyring import Keyring
from onlooker_shared.keys import KeyStore, Scope, id_of
from onlooker_shared.messages import ImageFailed, ImageRecognized
from onlooker_shared.queue.sender import Sender
from onlooker_shared.run import listen
from onlooker_shared.web.app import create_app
from onlooker_tagger.__main__ import compose as tagger

SERVICES = (ingest, recognizer, annotator, tagger, notifier, console)
SEALING_KEY = b64encode(bytes(32)).decode()
"""With which secrets of channels are sealed."""
NOBODY = "http://127.0.0.1:9"
"""Where nothing answers."""


@dataclass
class Site:
    """A running installation with a console."""

    url: str
    installation: Installation
    keys: KeyStore
    admin_key: str
    tagged: Sender

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """Somebody's browser: it keeps cookies and says where its requests come from, but follows no redirect."""
        return httpx.AsyncClient(base_url=self.url, headers={"Sec-Fetch-Site": "same-origin", **headers}, timeout=30)

    @asynccontextmanager
    async def signed_in(self, key: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """A browser in which somebody signed in; what it sends carries the session's token."""
        async with self.browser() as browser:
            answer = await browser.post("/console/signin", data={"access_key": key or self.admin_key})
            assert answer.status_code == 303, answer.text
            browser.headers["X-CSRF-Token"] = csrf_token((await browser.get("/console/upload")).text)
            yield browser

    async def index(self, message: ImageRecognized | ImageFailed) -> None:
        """Have a picture in the index."""
        await self.tagged.send(message)
        headers = {"Authorization": f"Bearer {self.admin_key}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers) as http:
            path = f"/tags/images/{message.image.image_id}"
            await eventually(lambda: http.get(path), lambda answer: answer.status_code == 200)

    async def revoke(self, key: str) -> None:
        """Make an access key worthless."""
        dynamodb = await self.installation.aws.client("dynamodb")
        await Keyring(dynamodb, self.installation.topology.access_keys.name).revoke(id_of(key))

    async def store(self, image: ImageRef, body: bytes, content_type: str = "image/jpeg") -> None:
        """Have an object in the bucket of pictures."""
        s3 = await self.installation.aws.client("s3")
        await s3.put_object(Bucket=image.bucket, Key=image.key, Body=body, ContentType=content_type)


def csrf_token(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


@asynccontextmanager
async def running(installed: Installation, database: Path, **settings: str) -> AsyncIterator[Site]:
    """An installation that answers, for the length of a `with` block."""
    aws, common = installed.aws, installed.common
    with listen("127.0.0.1", 0) as listener, pytest.MonkeyPatch.context() as environment:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment.setenv("ONLOOKER_TAGGER_DATABASE", str(database))
        environment.setenv("ONLOOKER_CONSOLE_API_URL", url)
        environment.setenv("ONLOOKER_NOTIFIER_KEY", SEALING_KEY)
        environment.setenv("AWS_ENDPOINT_URL_REKOGNITION", NOBODY)  # the emulator has none, and says so after seconds
        for name, value in settings.items():
            environment.setenv(f"ONLOOKER_CONSOLE_{name}", value)
        async with AsyncExitStack() as stack:
            services = [await stack.enter_async_context(compose(aws, common)) for compose in SERVICES]
            keys = KeyStore(await aws.client("dynamodb"), common.topology.access_keys.name)
            server = uvicorn.Server(uvicorn.Config(create_app(services, keys), log_config=None, lifespan="off"))
            serving = asyncio.create_task(server._serve([listener]))
            await stack.enter_async_context(working(*(each for each in services if each.name in {"tagger", "console"})))
            admin_key = await keys.create(owner="tests", scopes=[Scope.ADMIN])
            sender = Sender(await aws.client("sqs"), await aws.queue_url(common.topology.tagger.name))
            try:
                yield Site(url, installed, keys, admin_key, sender)
            finally:
                server.should_exit = True
                await serving
