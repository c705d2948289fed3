"""The AWS CLI as a process that runs one command after another: its start takes ten times as long as a call.

Each line of standard input is the words of a command, as JSON; each line of standard output what came of it. Answers
are held against the CLI's service model.
"""

import contextlib
import io
import json
import sys
from typing import Any

from awscli.clidriver import create_clidriver  # first: later releases put a botocore of their own in its place

from rekognition_conformance import problems


def main() -> None:
    driver = create_clidriver()
    found: list[str] = []

    def hold_against_model(http_response: Any, model: Any, **_: Any) -> None:
        if http_response.status_code == 200:
            found.extend(problems(model.output_shape, json.loads(http_response.content)))

    driver.session.register("after-call.rekognition", hold_against_model)
    for line in sys.stdin:
        found.clear()
        printed, complaint = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complaint):
            status = driver.main(json.loads(line))
        outcome = {"status": status, "printed": printed.getvalue(), "complaint": complaint.getvalue()}
        sys.stdout.write(json.dumps({**outcome, "problems": found}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
