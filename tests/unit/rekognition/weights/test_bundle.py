"""Bundles are read as text: plain values come out, anything else is refused by name."""

import base64
from pathlib import Path
from typing import Any

import pytest

from onlooker_rekognition.weights.bundle import read_binary_bundle, read_bundle
from onlooker_rekognition.weights.tensors import WeightsError

BEFORE = "!function(e){module.exports=e()}(function(){return function e(a,n,i){}({1:[function(e,a,n){a.exports="
AFTER = "},{}]},{},[1])(1)});"


def bundle(folder: Path, literal: str) -> Path:
    path = folder / "x.min.js"
    path.write_text(f"{BEFORE}{literal}{AFTER}")
    return path


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("{a:{b:[1,-2.5,.5,-.25,1e3,8.4e-7]}}", {"a": {"b": [1, -2.5, 0.5, -0.25, 1000, 8.4e-7]}}),
        (
            "{on:!0,off:!1,none:void 0,nil:null,yes:true}",
            {"on": True, "off": False, "none": None, "nil": None, "yes": True},
        ),
        (r'{$x:"a \"quoted\", {word}:"}', {"$x": 'a "quoted", {word}:'}),
        ('"YWJj"', "YWJj"),
    ],
)
def test_minified_javascript_is_read_as_the_value_it_is(tmp_path: Path, literal: str, value: Any) -> None:
    assert read_bundle(bundle(tmp_path, literal)) == value


def test_whole_numbers_stay_whole(tmp_path: Path) -> None:
    """They are sizes and strides."""
    assert all(type(number) is int for number in read_bundle(bundle(tmp_path, "[224,1e3,-3]")))


@pytest.mark.parametrize("literal", ["{a:steal()}", "{a:steal}", "{a:1+1}", "{a:`x`}", "{a:1", "require", ""])
def test_code_is_refused(tmp_path: Path, literal: str) -> None:
    with pytest.raises(WeightsError, match=r"x\.min\.js exports what is not a plain value"):
        read_bundle(bundle(tmp_path, literal))


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.min.js"
    path.write_text("export default {}")
    with pytest.raises(WeightsError, match="not a bundle of one module"):
        read_bundle(path)


def test_weights_come_as_base64(tmp_path: Path) -> None:
    content = bytes(range(256))
    assert read_binary_bundle(bundle(tmp_path, f'"{base64.b64encode(content).decode()}"')) == content


@pytest.mark.parametrize(("literal", "complaint"), [("{}", "does not export a string"), ('"a-b"', "base64")])
def test_other_weights_are_refused(tmp_path: Path, literal: str, complaint: str) -> None:
    with pytest.raises(WeightsError, match=complaint):
        read_binary_bundle(bundle(tmp_path, literal))
