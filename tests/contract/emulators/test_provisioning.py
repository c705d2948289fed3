"""The provisioner over whatever stands in for Amazon: what it makes is as declared, and not in need of repair."""

from onlooker_shared.aws import Aws
from onlooker_shared.provision import provision
from onlooker_shared.settings import CommonSettings
from onlooker_shared.topology import topology

from .conftest import unique


async def test_what_was_provisioned_is_as_declared(cloud: object) -> None:
    async with Aws(CommonSettings()) as aws:
        declared = topology(f"{unique('p')}-")
        first, second = await provision(aws, declared), await provision(aws, declared)
    assert first.created
    assert first.repaired == ()
    assert not second.changed
    assert second.leftovers == ()
