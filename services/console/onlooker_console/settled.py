"""When what a picture shows was settled: what names the version of whatever is shown of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def settled(document: Mapping[str, Any]) -> str:
    """Return when a picture was recognized, or who is in it was settled if that was later; empty where neither was.

    Args:
        document: the picture's, as `GET /tags/images/{id}` answers it.
    """
    found = [moment for name in ("recognized_at", "identified_at") if (moment := document.get(name))]
    return max(found, key=datetime.fromisoformat, default="")
