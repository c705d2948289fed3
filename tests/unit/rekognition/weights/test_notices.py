"""Whatever others made has its notice in the package."""

from importlib.resources import files

from onlooker_rekognition.weights.catalogue import MODELS

NOTICES = files("onlooker_rekognition").joinpath("NOTICES").read_text()


def test_every_model_and_the_package_it_comes_from_are_named() -> None:
    for model in MODELS:
        assert f"{model.package.name}; licence" in NOTICES
        assert model.name in NOTICES


def test_the_words_of_wordnet_have_princetons_notice() -> None:
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in NOTICES
    assert "THIS SOFTWARE AND DATABASE IS PROVIDED" in NOTICES
