"""What is in an image, and what is not."""

import json
import re
import stat
from pathlib import PurePosixPath

import pytest

from containers import COMMAND, GATEWAY, IMAGES, REKOGNITION, Image, contents, described, files, python

PYTHON = [image for image in IMAGES if image.module]
BINARIES = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{100,}-----END")
ACCESS_KEY = re.compile(
    rb"(?<![\w+/])(?:AKIA|ASIA)[0-9A-Z]{16}(?<!EXAMPLE)(?![\w+/=])"  # Amazon's, but for that of its documentation
    rb"|olk_[0-9a-f]{16}_"  # our own
)
SECRET_FILES = re.compile(r"(^|/)(\.env(\..*)?|.*\.key|id_[a-z0-9]+|credentials|\.netrc|\.npmrc|\.pypirc|\.docker/.*)$")
UNWANTED = re.compile(
    r"/(\.git|\.cache|\.venv|node_modules|tests|include|ensurepip|idlelib|tkinter)(/|$)|/Dockerfile$|\.(c|h|a|pyi|whl)$"
)
OTHERS = {
    "PIL",
    "cv2",
    "numpy",
    "faiss",
    "onnxruntime",
    "onnx",
    "ministack",
    "pip",
    "setuptools",
    "uv",
    "hatchling",
    "pytest",
    "ensurepip",
}
INSTALLED = """
import importlib.metadata as m, json, re
print(json.dumps(sorted({re.sub("[-_.]+", "-", d.metadata["Name"]).lower() for d in m.distributions(path=[PATH])})))
""".replace("PATH", "'/opt/onlooker/lib/python3.13/site-packages'")
UNLINKED = """
import os, subprocess
for top in ("/usr", "/opt"):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.isfile(path) or name.startswith("ld-") or not (".so" in name or "bin" in folder):
                continue
            if open(path, "rb").read(4) == b"\\x7fELF":
                said = subprocess.run([LOADER, "--list", path], capture_output=True, text=True)
                if "not found" in said.stdout + said.stderr:
                    print(path, said.stdout, said.stderr)
""".replace(
    "LOADER", "next(p for p in ('/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1') if os.path.exists(p))"
)


def test_has_no_programs_but_its_own(image: Image) -> None:
    programs = {path.name for path in map(PurePosixPath, files(image)) if str(path.parent) in BINARIES}
    assert programs <= {"python", "python3", "python3.13"} | ({"haproxy"} if image == GATEWAY else set())
    own = {path.name for path in map(PurePosixPath, files(image)) if str(path.parent) == "/opt/onlooker/bin"}
    assert own <= {"python", "python3", "python3.13", "onlooker", "onlooker-rekognition"}


def test_keeps_no_secrets(image: Image) -> None:
    variables = [variable.partition("=")[0] for variable in described(image)["Config"]["Env"]]
    assert not [name for name in variables if re.search("SECRET|TOKEN|PASSWORD|ACCESS_KEY|API_KEY|CREDENTIAL", name)]
    assert not [path for path in files(image) if SECRET_FILES.search(path)]
    found = {member.name for member, data in contents(image) if PRIVATE_KEY.search(data) or ACCESS_KEY.search(data)}
    assert not found


def test_has_nothing_that_only_building_and_testing_need(image: Image) -> None:
    assert not [path for path in files(image) if UNWANTED.search(path)]
    assert not [path for path in files(image) if path.startswith(("/build", "/own", "/image", "/home/", "/root/"))]


def test_gives_nobody_rights(image: Image) -> None:
    """No program runs as somebody else, and the program itself can change nothing but what it keeps."""
    regular = {path: member for path, member in files(image).items() if not member.issym()}
    assert not [
        path for path, member in regular.items() if member.isreg() and member.mode & (stat.S_ISUID | stat.S_ISGID)
    ]
    runtime = ("/dev", "/proc", "/sys", "/tmp", "/.dockerenv", "/etc/mtab")
    assert not [path for path, member in regular.items() if member.mode & stat.S_IWOTH and not path.startswith(runtime)]
    kept = {path: member.mode & 0o777 for path, member in regular.items() if member.uid or member.gid}
    keeping = {"tagger", "notifier", "rekognition", "onlooker"}
    expected = {"/data"} if image.name in keeping else set()
    assert kept == dict.fromkeys(expected | ({"/state"} if image == COMMAND else set()), 0o700)


@pytest.mark.parametrize("image", PYTHON, ids=lambda image: image.name)
def test_has_exactly_what_is_pinned(image: Image) -> None:
    assert set(json.loads(python(image, INSTALLED))) == image.declared


@pytest.mark.parametrize("image", PYTHON, ids=lambda image: image.name)
def test_has_no_other_member(image: Image) -> None:
    members = {member.module for member in PYTHON} - {image.module}
    found = python(
        image, f"import importlib.util as u; print(*[n for n in {members | OTHERS!r} if u.find_spec(n)])"
    ).split()
    declared = {name.replace("-", "_") for name in image.declared}
    pictures = {"PIL"} if "pillow" in declared else set()
    opencv = {"cv2", "faiss", "numpy"} if image == REKOGNITION else set()
    assert set(found) <= declared | pictures | opencv


@pytest.mark.parametrize("image", PYTHON, ids=lambda image: image.name)
def test_describes_only_those_services_of_aws_that_are_called(image: Image) -> None:
    program = "import botocore.session as s; print(*s.get_session().get_available_services())"
    assert set(python(image, program).split()) == {
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
            "sso",
            "sso-oidc",
            "sts",
        )
    }


def test_finds_every_library_that_it_links(image: Image) -> None:
    assert not python(image, UNLINKED)


def test_has_a_whole_python(image: Image) -> None:
    """Every part of the standard library that is there can be imported, hosts be verified, and zones be known."""
    program = """
import importlib, pathlib, ssl, sysconfig, zoneinfo
for file in pathlib.Path(sysconfig.get_path("stdlib"), "lib-dynload").glob("*.so"):
    if not file.name.startswith(("_test", "xx", "_xx", "_ctypes_test", "_tkinter")):
        importlib.import_module(file.name.partition(".")[0])
trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
trusted.load_verify_locations(ssl.get_default_verify_paths().cafile)
assert len(trusted.get_ca_certs()) > 50
zoneinfo.ZoneInfo("Europe/Vienna")
"""
    python(image, program)


@pytest.mark.parametrize("image", PYTHON, ids=lambda image: image.name)
def test_is_compiled_once_and_for_all(image: Image) -> None:
    """A read-only image would compile anew at every start what has no bytecode."""
    names = files(image)
    sources = [path for path in map(PurePosixPath, names) if path.suffix == ".py" and "/site-packages/" in str(path)]
    missing = [path for path in sources if f"{path.parent}/__pycache__/{path.stem}.cpython-313.pyc" not in names]
    assert not [path for path in missing if "lib2to3" not in str(path)]
