"""Composes the console, and runs it alone: ``python -m onlooker_console``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from onlooker_console.apis import Apis, open_client
from onlooker_console.app import create_console, entrance
from onlooker_console.callers import Gate
from onlooker_console.cookie import Cookie
from onlooker_console.failures import ErrorPages
from onlooker_console.live import Live
from onlooker_console.sessions import Sessions
from onlooker_console.settings import ConsoleSettings
from onlooker_console.signin import SignIn
from onlooker_console.statics import Assets
from onlooker_console.views import Views
from onlooker_shared.aws import Aws
from onlooker_shared.keys import KeyStore
from onlooker_shared.run import run_service
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings

NAME = "console"


@asynccontextmanager
async def compose(aws: Aws, common: CommonSettings) -> AsyncIterator[Service]:
    """Yield the console."""
    settings, assets = ConsoleSettings(), Assets.load()
    dynamodb, names = await aws.client("dynamodb"), common.topology
    sessions = Sessions(
        dynamodb,
        names.console_sessions.name,
        lifetime=int(timedelta(hours=settings.session_hours).total_seconds()),
        idle=timedelta(hours=settings.idle_hours).total_seconds(),
    )
    keys = KeyStore(dynamodb, names.access_keys.name)
    async with open_client() as http:
        views, live = Views(settings, assets), Live(settings.live_connections)
        cookie = Cookie(settings.secure_cookies, sessions.lifetime)
        gate = Gate(cookie, sessions, keys, Apis(http, settings))
        sign_in, errors = SignIn(views, gate, cookie, sessions, keys), ErrorPages(views, gate, cookie)

        async def check_sessions() -> None:
            await dynamodb.describe_table(TableName=names.console_sessions.name)

        yield Service(
            name=NAME,
            routers=[entrance()],
            mounts={"/console": create_console(views, assets, gate, sign_in, errors, live, names.images.name)},
            workers=[live],
            checks={"sessions": check_sessions},
        )


def main() -> None:
    """Run the console until it is told to stop."""
    run_service(NAME, compose, ConsoleSettings)


if __name__ == "__main__":
    main()
