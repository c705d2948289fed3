"""Whom a user's proxy is not for."""

import pytest

from onlooker.proxies import spared


@pytest.mark.parametrize(
    ("environment", "hosts"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"NO_PROXY": "intranet"}, "intranet,127.0.0.1,localhost"),
        ({"NO_PROXY": "intranet", "no_proxy": "corp"}, "corp,127.0.0.1,localhost"),
        ({"NO_PROXY": "*"}, "*"),
    ],
)
def test_this_machine_and_what_was_spared_already(environment: dict[str, str], hosts: str) -> None:
    assert spared(environment) == {"NO_PROXY": hosts, "no_proxy": hosts}
