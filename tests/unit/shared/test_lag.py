"""The event loop's lag is as long as something kept it from going on."""

import asyncio
import time

from prometheus_client import REGISTRY

from installation import eventually
from onlooker_shared.telemetry.lag import LoopLag


def total(of: str) -> float:
    return REGISTRY.get_sample_value(f"onlooker_event_loop_lag_seconds_{of}") or 0.0


async def looks() -> float:
    return total("count")


async def test_what_blocks_the_loop_is_seen() -> None:
    before, seconds = await looks(), total("sum")
    lag = LoopLag(interval=0.001)
    async with asyncio.TaskGroup() as group:
        group.create_task(lag.run())
        await asyncio.sleep(0)  # it looks at the clock, and waits
        time.sleep(0.1)  # noqa: ASYNC251 - this is what it is about
        await eventually(looks, lambda seen: seen > before)
        lag.stop()
    assert total("sum") - seconds > 0.09
