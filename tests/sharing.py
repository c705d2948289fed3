"""How the tests are shared among the workers of xdist, each of which starts servers of its own.

A file goes to one worker as a whole, since its fixtures may be servers; so does a folder of TOGETHER, whose files share
something that is too dear to be had twice. Those come first.
"""

from xdist.scheduler import LoadFileScheduling

TOGETHER = (
    "tests/browser/",  # an installation full of real pictures, and a browser
    "tests/e2e/",  # an installation
    "tests/integration/tagger/",  # an OpenSearch node: a quarter of a minute to start, more than a gigabyte of memory
    "tests/unit/rekognition/weights/",  # packages of models, downloaded
)


def dearest_first(nodeid: str) -> int:
    """Order tests by this, so that no worker is left alone in the end with a folder that takes minutes."""
    return next((n for n, folder in enumerate(TOGETHER) if nodeid.startswith(folder)), len(TOGETHER))


class Sharing(LoadFileScheduling):
    """Shares the tests by files and by the folders of TOGETHER."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)
