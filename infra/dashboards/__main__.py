"""Imports the dashboard into OpenSearch Dashboards: ``python infra/dashboards http://localhost:5601``.

The password of --user comes from ONLOOKER_DASHBOARDS_PASSWORD or is asked for; a command line is seen by everybody.
"""

import argparse
import getpass
import os
import ssl
import sys
from pathlib import Path

import httpx

from board import INDEX, board
from dashboards_server import DashboardsServer, ImportFailedError
from saved_objects import ndjson, saved_objects

FILE = Path(__file__).with_name("onlooker.ndjson")
PASSWORD = "ONLOOKER_DASHBOARDS_PASSWORD"  # noqa: S105 - the name of a variable


def main() -> None:
    """Do what the command line says.

    Raises:
        SystemExit: with 1 and the reason if it does not work, with 2 if the command line is wrong.
    """
    parser = _parser()
    told = parser.parse_args()
    if told.write:
        FILE.write_text(ndjson(saved_objects(board())), encoding="utf-8")
        return
    if told.url is None:
        parser.error("give the address of OpenSearch Dashboards, as http://localhost:5601")
    if fault := _fault_of(told.url):
        parser.error(fault)
    try:
        _load(told)
    except ImportFailedError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python infra/dashboards", description="Import Onlooker's dashboard.")
    parser.add_argument(
        "url", nargs="?", help="where Dashboards is; on Amazon OpenSearch Service https://.../_dashboards"
    )
    parser.add_argument("--user", help=f"sign in as; the password is asked for, or read from {PASSWORD}")
    parser.add_argument("--tenant", default="global", help="whose members see it: global (default), private, or a name")
    parser.add_argument("--index", default=INDEX, help=f"the tagger's alias in OpenSearch (default {INDEX})")
    parser.add_argument("--ca", type=Path, help="a file of certificates to trust instead of the public ones")
    parser.add_argument("--write", action="store_true", help=f"write {FILE.name} from board.py instead of importing")
    return parser


def _fault_of(url: str) -> str | None:
    """Return what is wrong with an address."""
    try:
        place = httpx.URL(url)
    except httpx.InvalidURL as error:
        return f"{error}: give an address as http://localhost:5601"
    if place.scheme not in {"http", "https"} or not place.host:
        return f"{url!r} is no address: it begins with http:// or https://"
    if place.userinfo:
        return f"no user or password in the address: use --user and {PASSWORD}"
    if place.query or place.fragment:
        return "give the address of Dashboards itself, without what follows ? or #"
    return None


def _load(told: argparse.Namespace) -> None:
    made = board(told.index)
    with httpx.Client(auth=_auth(told.user), verify=_trusted(told.ca)) as client:
        server = DashboardsServer(client, told.url, tenant=told.tenant)
        done = server.load(ndjson(saved_objects(made)))
    print(f"Imported {made.title!r}: {done.made} objects made, {done.replaced} replaced.")
    print(f"Open {server.page(made.id)}")


def _auth(user: str | None) -> httpx.BasicAuth | None:
    """Return who signs in."""
    if user is None:
        return None
    password = os.environ.get(PASSWORD)
    if password is None:
        try:
            password = getpass.getpass(f"Password of {user}: ")
        except EOFError as error:
            raise ImportFailedError(f"No password: set {PASSWORD}.") from error
    return httpx.BasicAuth(user, password)


def _trusted(ca: Path | None) -> ssl.SSLContext | bool:
    if ca is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(ca))
    except (OSError, ssl.SSLError) as error:
        raise ImportFailedError(f"The certificates in {ca} cannot be read: {error}.") from error


if __name__ == "__main__":
    main()
