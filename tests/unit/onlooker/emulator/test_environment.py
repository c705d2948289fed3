from pathlib import Path

from onlooker.emulator.environment import emulator_environment


def test_the_users_own_settings_of_ministack_decide_nothing() -> None:
    inherited = {
        "PATH": "/bin",
        "AWS_ENDPOINT_URL": "http://elsewhere",
        "BIND_HOST": "0.0.0.0",
        "DOCKER_HOST": "unix:///var/run/docker.sock",
        "LOCALSTACK_PERSISTENCE": "1",
        "MINISTACK_REGION": "eu-central-1",
        "PERSIST_STATE": "1",
        "S3_DATA_DIR": "/tmp/other",
        "SMTP_HOST": "mail.example",
    }
    environment = emulator_environment(inherited, Path("/data/s3"), 1234)
    assert environment.keys() - {
        "DOCKER_HOST", "GATEWAY_PORT", "IOT_MTLS_ENABLED", "LOG_LEVEL", "PERSIST_STATE", "S3_DATA_DIR", "S3_PERSIST",
        "SERVICES", "SFTP_ENABLED",
    } == {"PATH"}  # fmt: skip
    assert environment["S3_DATA_DIR"] == "/data/s3"
    assert environment["PERSIST_STATE"] == "0"
    assert environment["DOCKER_HOST"] != inherited["DOCKER_HOST"]
