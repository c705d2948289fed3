"""The client alone: it works without what only `onlooker up` needs, and says so where that is missing."""

import subprocess
import sys
from pathlib import Path

from onlooker.installed import EMBEDDED

CLIENT_ALONE = f"""
import pkgutil, sys
sys.modules.update(dict.fromkeys({EMBEDDED!r}))  # the import system takes None for: not there
import onlooker
"""
IMPORT_ALL = """
needs_more = ("onlooker.emulator", "onlooker.stack.embedded")
names = [m.name for m in pkgutil.walk_packages(onlooker.__path__, "onlooker.", onerror=lambda name: None)]
names = [name for name in names if not name.startswith(needs_more)]
for name in names:
    __import__(name)
print(len(names))
"""
RUN_ALL = """
from onlooker.__main__ import main
for command in sys.argv[1:]:
    sys.argv = ["onlooker", *command.split()]
    try:
        main()
    except SystemExit as ended:
        print(command, "ends with", ended.code, file=sys.stderr)
"""


def client_alone(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CLIENT_ALONE + program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def test_no_module_of_the_client_imports_what_only_running_all_here_needs() -> None:
    imported = client_alone(IMPORT_ALL)
    assert imported.returncode == 0, imported.stderr
    assert int(imported.stdout) > 20


def test_without_the_rest_up_and_demo_say_how_to_add_it_and_doctor_looks_at_no_models(tmp_path: Path) -> None:
    ran = client_alone(RUN_ALL, "up", "demo .", "doctor", ONLOOKER_DATA=str(tmp_path), COLUMNS="200")
    add = "runs all of Onlooker on this machine, and only its client is installed. Add the rest: "
    add += "pip install 'onlooker[embedded]'"
    assert ran.stderr.splitlines() == [
        f"`onlooker up` {add}",
        "up ends with 1",
        f"`onlooker demo` {add}",
        "demo . ends with 1",
        "doctor ends with 1",
    ]
    assert "set ONLOOKER_URL" in ran.stdout
    assert "models" not in ran.stdout
