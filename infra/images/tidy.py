"""Makes a folder small that becomes a layer of an image, and its bytes depend on nothing but what is in it.

`tidy.py FOLDER` drops what only building, installing or testing needs (in a virtual environment also all programs but
Python), compiles Python, for what is read-only keeps no bytecode of its own, and takes away what tells when and where
it was made. FOLDER is laid out as the image's root will be.
"""

import compileall
import os
import sys
from pathlib import Path
from py_compile import PycInvalidationMode
from shutil import rmtree

# 1980-01-01, before which no zip file can be: a constant, so that files that did not change make a layer that did not.
MADE = 315532800
FILES = (
    *("*.a", "*.c", "*.cc", "*.cpp", "*.h", "*.hpp", "*.pxd", "*.pyi", "*.pyx"),  # to compile and to check
    *("direct_url.json", "uv_build.json", "uv_cache.json", "REQUESTED"),  # where from and when it was installed
)
FOLDERS = ("__pycache__", "examples", "include", "tests")
# Services of AWS that Onlooker calls, and those that give out credentials; botocore describes four hundred.
AWS = (
    *(
        "cloudwatch",
        "dynamodb",
        "events",
        "iot-data",
        "kinesis",
        "kms",
        "rekognition",
        "s3",
        "ses",
        "sesv2",
        "sns",
        "sqs",
    ),
    *("sso", "sso-oidc", "sts"),
)


def tidy(folder: Path) -> None:
    """Do all of it to `folder`."""
    for packages in [*folder.rglob("site-packages"), *folder.rglob("dist-packages")]:
        _prune(packages)
    for environment in [settings.parent for settings in folder.rglob("pyvenv.cfg")]:
        _drop_programs(environment / "bin")
        rmtree(environment / "include", ignore_errors=True)
    for lock in folder.rglob(".lock"):  # uv's, beside what it installs
        lock.unlink()
    for record in folder.rglob("*.dist-info/RECORD"):
        _correct(record)
    _compile(folder)
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (MADE, MADE), follow_symlinks=False)


def _prune(packages: Path) -> None:
    for pattern in FILES:
        for path in packages.rglob(pattern):
            path.unlink()
    for pattern in FOLDERS:
        for path in list(packages.rglob(f"{pattern}/")):
            rmtree(path, ignore_errors=True)
    for service in packages.glob("botocore/data/*/"):
        if service.name not in AWS:
            rmtree(service)


def _drop_programs(programs: Path) -> None:
    for program in programs.iterdir():
        if not program.name.startswith("python"):
            program.unlink()


def _correct(record: Path) -> None:
    """Leave of an installer's list what is still there, so that `importlib.metadata` tells the truth."""
    packages = record.parent.parent
    lines = record.read_text().splitlines()
    record.write_text("".join(f"{line}\n" for line in sorted(lines) if (packages / line.rsplit(",", 2)[0]).exists()))


def _compile(folder: Path) -> None:
    """Compile one file after another: what is compiled side by side comes out differently from time to time.

    Never checked against its source again, bytecode does not depend on when that was written.
    """
    for library in [path for path in folder.rglob("python3*/") if path.parent.name == "lib"]:
        compileall.compile_dir(
            library,
            maxlevels=20,
            quiet=2,
            workers=1,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
            stripdir=str(folder),
            prependdir="/",
        )


if __name__ == "__main__":
    tidy(Path(sys.argv[1]))
