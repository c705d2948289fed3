"""When two names, of people, labels or what is written in a picture, are the same one."""

import unicodedata


def folded(name: str) -> str:
    """Return what is the same for texts that differ in case, in composition or in the width of spaces only.

    It is how people's names are compared wherever they are asked for.
    """
    spaced = " ".join(name.split())
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", spaced).casefold())
