"""The environment MiniStack is started with.

MiniStack reads its settings from environment variables while it is imported, so they are decided here, in one place,
before the import. What the user's shell happens to hold must not decide where data goes or what else runs:
every variable of MiniStack's that is not set here is removed.
"""

from collections.abc import Mapping
from pathlib import Path

SERVICES = ("dynamodb", "events", "iot", "iot-data", "kinesis", "kms", "monitoring", "s3", "ses", "sns", "sqs", "sts")

_PREFIXES = ("MINISTACK_", "S3_", "LOCALSTACK_", "SMTP_", "SFTP_", "IOT_MTLS_", "LAMBDA_")
_NAMES = (
    "AUTH", "AWS_ENDPOINT_URL", "BIND_HOST", "CLOUDTRAIL_RECORDING", "DOCKER_HOST", "EDGE_PORT", "GATEWAY_PORT",
    "LOG_LEVEL", "PERSIST_STATE", "SERVICES", "STATE_DIR", "USE_SSL",
)  # fmt: skip


def emulator_environment(inherited: Mapping[str, str], objects: Path, port: int) -> dict[str, str]:
    """Return the whole environment for a MiniStack that keeps its S3 objects in `objects` and answers on `port`.

    Queues, topics and tables start empty: the queues' content is derived again by the sweep, the tables are
    replayed from the journal, and two sources of truth for them would drift apart.
    """
    kept = {name: value for name, value in inherited.items() if name not in _NAMES and not name.startswith(_PREFIXES)}
    return kept | {
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",  # it would remove containers that it takes for its own
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",  # a second listener, on every interface
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "0",
        "S3_DATA_DIR": str(objects),
        "S3_PERSIST": "1",
        "SERVICES": ",".join(SERVICES),
        "SFTP_ENABLED": "0",
    }
