"""Whatever others made has its notice in the package and its row in the documentation."""

from importlib.resources import files
from pathlib import Path

from onlooker_rekognition.weights.catalogue import MODELS
from onlooker_rekognition.weights.lock import read_lock

NOTICES = files("onlooker_rekognition").joinpath("NOTICES").read_text()


def test_every_model_and_the_package_it_comes_from_are_named() -> None:
    for model in MODELS:
        assert f"{model.package.name}; licence" in NOTICES
        assert model.name in NOTICES


def test_every_model_has_a_row_with_what_it_is(packages: Path) -> None:
    rows = (Path(__file__).parents[4] / "docs" / "models.md").read_text().splitlines()
    for model in MODELS:
        (row,) = (row for row in rows if row.startswith(f"| `{model.name}` |"))
        assert f"`{model.package.name}` {model.package.version(packages)} " in row
        assert f"| {model.package.licence(packages)}" in row
        assert f"| {read_lock().models[model.name].size / 1e6:.1f} |" in row


def test_the_words_of_wordnet_have_princetons_notice() -> None:
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in NOTICES
    assert "THIS SOFTWARE AND DATABASE IS PROVIDED" in NOTICES
