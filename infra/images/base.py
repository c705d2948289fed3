"""Assembles the base of every image: Python, what it links, and nothing else of Debian. No shell, no package manager.

`base.py FOLDER [PACKAGE...]` runs in the official python image while an image is built. Into FOLDER go the files of the
packages below and of those named besides (patterns as the shell has them), Python where it is no package, the
certificates, a user without rights, and dpkg's status of exactly these packages: scanners read from it what is inside.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from shutil import copy2

from tidy import tidy

# What Python links, and libgcc and libstdc++ on which wheels count; the data all of them read.
PACKAGES = (
    *("base-files", "ca-certificates", "libc-bin", "libc6", "media-types", "netbase", "openssl", "tzdata"),
    *("gcc-*-base", "libbz2-*", "libdb5*", "libexpat1", "libffi*", "libgcc-s1", "libgdbm6*", "liblzma5"),
    *("libncursesw6", "libreadline8*", "libsqlite3-0", "libssl3*", "libstdc++6", "libtinfo6", "libuuid1"),
    *("libzstd1", "zlib1g"),
    *("libpython3*-minimal", "libpython3*-stdlib", "python3", "python3-minimal", "python3.[0-9]*"),
)
EXCEPT = "*-venv"
# Made by scripts of Debian's packages or by hand, so that no package owns it.
UNOWNED = ("etc/ssl/certs", "usr/local/lib", "usr/local/share/ca-certificates")
PROGRAMS = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
# What no running service reads.
DROPPED = (
    *(
        "/etc/cron*",
        "/etc/init*",
        "/etc/profile*",
        "/etc/skel*",
        "/etc/update-motd*",
        "/etc/ssl/private*",
        "/usr/lib/ssl/misc*",
        "/usr/lib/ssl/private",
    ),
    *("*/gconv/*", "/usr/lib/valgrind*", "/usr/share/applications*", "/usr/share/bug*", "/usr/share/info*"),
    *("/usr/share/lintian*", "/usr/share/locale*", "/usr/share/man*", "/usr/share/pixmaps*", "/usr/share/python*"),
    *(
        "/usr/share/zoneinfo/right*",
        "*/__pycache__*",
        "*-packages/pip*",
        "*/python3*/ensurepip*",
        "*/python3*/idlelib*",
    ),
    *("*/python3*/lib2to3*", "*/python3*/pydoc_data*", "*/python3*/test/*", "*/python3*/tkinter*"),
    "*/python3*/lib-dynload/_tkinter*",
    *("*/python3*/turtledemo*", "*/python3*/config-3*", "*/EXTERNALLY-MANAGED", "/usr/local/lib/pkgconfig*"),
)
# The folder of any other documentation than licences.
DOCUMENTATION, LICENCES = "/usr/share/doc/", ("copyright", "NOTICE", "LICENSE")
FOLDERS = {
    "etc": 0o755,
    "home": 0o755,
    "opt": 0o755,
    "proc": 0o755,
    "root": 0o700,
    "run": 0o755,
    "sys": 0o755,
    "tmp": 0o1777,
}
ACCOUNTS = {
    "passwd": "root:x:0:0:root:/root:/usr/sbin/nologin\n"
    "onlooker:x:10001:10001:Onlooker:/tmp:/usr/sbin/nologin\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "group": "root:x:0:\nonlooker:x:10001:\nnogroup:x:65534:\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n",
}


def assemble(image: Path, besides: Iterable[str]) -> None:
    """Make `image` the root of a system that runs Python, and the programs of the packages named `besides`."""
    packages = sorted(_installed([*PACKAGES, *besides]))
    programs = {name for name in packages if any(fnmatch(name, pattern) for pattern in besides)}
    for link in ("bin", "sbin", "lib", "lib64"):
        if Path("/", link).is_symlink():
            _place(Path("/", link), image)
    for name, mode in FOLDERS.items():
        (image / name).mkdir(mode=mode, parents=True, exist_ok=True)
        (image / name).chmod(mode)
    for path in sorted({*_owned(packages), *_unowned(), *_interpreter()}):
        if _wanted(path, programs):
            _place(path, image)
    for name, text in ACCOUNTS.items():
        (image / "etc" / name).write_text(text)
    _status(packages, image)
    _run("ldconfig", "-X", "-r", str(image))
    for program in ("ready.py", "start.py"):
        copy2(Path(__file__).with_name(program), image / "opt")
    tidy(image)


def _installed(patterns: Iterable[str]) -> Iterator[str]:
    for name in _run("dpkg-query", "--show", "--showformat", "${Package}\n").split():
        if any(fnmatch(name, pattern) for pattern in patterns) and not fnmatch(name, EXCEPT):
            yield name


def _owned(packages: Iterable[str]) -> Iterator[Path]:
    """Yield the files of packages, where they are since /bin, /lib and /sbin are links to /usr."""
    for line in _run("dpkg-query", "--listfiles", *packages).splitlines():
        path = Path(line)
        if line.startswith("/") and (path.is_symlink() or path.is_file()):
            yield path.parent.resolve() / path.name


def _unowned() -> Iterator[Path]:
    for folder in UNOWNED:
        yield from (path for path in Path("/", folder).rglob("*") if path.is_symlink() or path.is_file())


def _interpreter() -> Iterator[Path]:
    """Yield Python by all of its names, and what these are links to."""
    for folder in PROGRAMS:
        yield from (path for path in Path(folder).glob("python3*") if "config" not in path.name)
        yield from Path(folder).glob("python")


def _wanted(path: Path, programs: set[str]) -> bool:
    name = str(path)
    if str(path.parent) in PROGRAMS:
        return path.name in programs or path.name.startswith("python")
    if name.startswith(DOCUMENTATION):
        return path.name in LICENCES
    return not any(fnmatch(name, pattern) for pattern in DROPPED)


def _place(path: Path, image: Path) -> None:
    there = image / path.relative_to("/")
    there.parent.mkdir(parents=True, exist_ok=True)
    if not there.is_symlink():
        copy2(path, there, follow_symlinks=False)


def _status(packages: list[str], image: Path) -> None:
    dpkg = image / "var/lib/dpkg"
    dpkg.mkdir(parents=True)
    (dpkg / "status").write_text(_run("dpkg-query", "--status", *packages) + "\n")


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    assemble(Path(sys.argv[1]), sys.argv[2:])
