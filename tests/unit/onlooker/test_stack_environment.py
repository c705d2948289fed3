"""What of the user's own AWS set-up reaches the services of `onlooker up`: nothing."""

from onlooker.stack.environment import aws_environment

OF_THE_USER = {
    "PATH": "/bin",
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "a secret",
    "AWS_ENDPOINT_URL_S3": "https://s3.example",
    "AWS_ACCESS_KEY_ID": "AKIA",
}


def test_nothing_of_the_users_own_set_up_is_left() -> None:
    environment = aws_environment(OF_THE_USER, "http://127.0.0.1:1", "http://127.0.0.1:2")
    assert environment["PATH"] == "/bin"
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert environment["AWS_ENDPOINT_URL_REKOGNITION"] == "http://127.0.0.1:2"
    assert environment["AWS_ACCESS_KEY_ID"] == "test"
    assert not environment.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"}
