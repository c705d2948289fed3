"""Where a picture comes from, as people call it: cameras put pictures into folders of their own."""

import re

ONLY_NUMBERS = re.compile(r"[\d._:TZ-]*")
"""Folders that cameras make by date and time."""


def camera(bucket: str, key: str) -> str:
    """Return the folder of a picture without those of dates and numbers at its end, or its bucket if it has none."""
    folders = key.split("/")[:-1]
    while folders and ONLY_NUMBERS.fullmatch(folders[-1]):
        folders.pop()
    return "/".join(folders).strip("/") or bucket
