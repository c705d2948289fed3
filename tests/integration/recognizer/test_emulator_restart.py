"""The emulator ends in the middle of the work and comes back with empty queues: every picture is recognized."""

from datetime import timedelta
from pathlib import Path

import pytest

from emulator import aws_environment, running_emulator
from onlooker_shared.aws import Aws
from onlooker_shared.provision import provision
from onlooker_shared.settings import CommonSettings
from recognizer_stage import Stage, jpeg
from rekognition_standin import StandIn, serving


async def test_a_killed_emulator_loses_no_picture(
    tmp_path: Path, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = CommonSettings(shutdown_grace=5)
    data = tmp_path / "data"
    with running_emulator(data) as first, aws_environment(first):
        async with serving(standin) as rekognition:
            monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", f"http://127.0.0.1:{rekognition}")
            async with Aws(common) as aws:
                stage = Stage(aws, common)
                await provision(aws, common.topology)
                standin.gate.clear()
                async with stage.recognizer() as service:
                    pictures = {await stage.put(f"{n}.jpg", jpeg(100 + n)) for n in range(10)}
                    await standin.reached(8)
                    first.kill()
                    with running_emulator(data, port=int(first.url.rpartition(":")[2])):
                        await provision(aws, common.topology)
                        standin.gate.set()
                        assert service.sweep is not None
                        await service.sweep(timedelta(0))
                        recognized: set[str] = set()
                        while recognized != pictures:
                            recognized |= {message.image.image_id for message in await stage.announced()}
                        await stage.settled()
                        assert await stage.waiting(stage.names.recognizer_images.dead_letter) == 0
