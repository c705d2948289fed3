"""A user's proxy is for the way out: what answers on this machine is never asked through it."""

from collections.abc import Mapping

HERE = "127.0.0.1,localhost"


def spared(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that have this machine asked directly, and all that was already.

    Both spellings are set, because a program that knows both reads the lower-case one alone.
    """
    already = environment.get("no_proxy") or environment.get("NO_PROXY")
    hosts = already if already == "*" else ",".join(filter(None, (already, HERE)))
    return {"no_proxy": hosts, "NO_PROXY": hosts}
