"""``python -m onlooker_tagger.reindex``: fills this version's index in OpenSearch before its service is started.

The services of the version before go on answering and writing meanwhile. It may be stopped, and run again; what is done
is not done anew. A service does the same by itself when it starts, but its own searches lag behind until it is done.
"""

import argparse
import asyncio
import sys

from onlooker_shared.errors import ConfigurationError, OnlookerError, describe
from onlooker_tagger.settings import TaggerSettings
from onlooker_tagger.stores import open_store


async def reindex(settings: TaggerSettings, *, back: bool) -> int:
    """Bring this version's index up to date, and let readers read it; return how many documents were looked at.

    Raises:
        ConfigurationError: the settings name no cluster.
        UnavailableError: the cluster does not answer.
    """
    async with open_store(settings) as store:
        if store.follower is None:
            raise ConfigurationError("Only an index in OpenSearch has versions; set ONLOOKER_TAGGER_OPENSEARCH_URL.")
        await store.index.ping()  # makes what is not there yet
        return await store.follower.catch_up(back=back)


def main() -> int:
    """Copy, say how many documents that were, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m onlooker_tagger.reindex", description=__doc__)
    parser.add_argument("--back", action="store_true", help="go back to this version from a newer one")
    back = parser.parse_args().back
    try:
        copied = asyncio.run(reindex(TaggerSettings(), back=back))
    except OnlookerError as error:
        print(describe(error), file=sys.stderr)  # noqa: T201 - a command
        return 1
    print(f"{copied} documents copied; readers read this version now.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
