"""What of Onlooker is installed here: the client alone, or all that runs on one machine (the extra `embedded`), too."""

from importlib.util import find_spec

from onlooker_shared.errors import ConfigurationError

EMBEDDED = (
    "ministack",
    "onlooker_annotator",
    "onlooker_console",
    "onlooker_ingest",
    "onlooker_notifier",
    "onlooker_recognizer",
    "onlooker_rekognition",
    "onlooker_tagger",
)
"""The packages that only `onlooker up`, `onlooker demo` and the emulator need."""


def can_run_here() -> bool:
    """Whether all of Onlooker can run on this machine."""
    return all(find_spec(name) is not None for name in EMBEDDED)


def require_embedded(command: str) -> None:
    """Let a command go on that runs all of Onlooker here.

    Raises:
        ConfigurationError: only the client is installed.
    """
    if not can_run_here():
        raise ConfigurationError(
            f"`onlooker {command}` runs all of Onlooker on this machine, and only its client is installed. "
            "Add the rest: pip install 'onlooker[embedded]'"
        )
