"""An installation in the session's emulator, and an empty folder for its copy."""

import uuid
from pathlib import Path

import pytest

from copied import provision_copy
from kept import Kept
from onlooker_shared.aws import Aws
from onlooker_shared.settings import CommonSettings


@pytest.fixture
async def kept(aws: Aws, tmp_path: Path) -> Kept:
    settings = CommonSettings(prefix=f"k{uuid.uuid4().hex[:10]}-")
    await provision_copy(aws, settings)
    return Kept(aws, settings, tmp_path / "copy")
