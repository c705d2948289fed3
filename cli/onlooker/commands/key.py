"""`onlooker key`: the access key of the installation on this machine, to sign in with."""

from onlooker import terminal
from onlooker.commands.options import Data
from onlooker.datafolder import DataFolder
from onlooker_shared.errors import ConfigurationError


def key(data: Data = None) -> None:
    """Print the access key with which to sign in to the console of `onlooker up`."""
    path = DataFolder.chosen(data).admin_key
    try:
        text = path.read_text().strip()
    except FileNotFoundError as error:
        raise ConfigurationError(f"There is no key in {path.parent} yet: `onlooker up` makes it.") from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    terminal.output().print(text, soft_wrap=True, markup=False, highlight=False)
