"""Assets that are not there."""

from pathlib import Path

import pytest

from onlooker_console.statics import Assets
from onlooker_shared.errors import ConfigurationError


@pytest.mark.parametrize("manifest", [None, "", "{"])
def test_without_assets_it_says_how_to_build_them(tmp_path: Path, manifest: str | None) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(ConfigurationError, match="make assets"):
        Assets.load(tmp_path)
