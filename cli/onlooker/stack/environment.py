"""The environment in which the services meet the emulator instead of Amazon."""

import os
from collections.abc import Mapping
from pathlib import Path

REGION = "us-east-1"
STRAY = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")
"""A user's own AWS set-up: nothing of it may reach the emulator, and nothing here may reach Amazon."""


def aws_environment(base: Mapping[str, str], emulator_url: str, rekognition_url: str | None) -> dict[str, str]:
    """Return `base` with AWS's standard variables pointing at this machine.

    Args:
        base: the environment to start from.
        emulator_url: of every AWS service but Rekognition.
        rekognition_url: of Rekognition; None while it is not known yet.
    """
    kept = {
        name: value for name, value in base.items() if name not in STRAY and not name.startswith("AWS_ENDPOINT_URL")
    }
    named = {
        "AWS_ENDPOINT_URL": emulator_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        # No secrets: the pair that the emulator knows, which it wants to see behind a presigned link.
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if rekognition_url is not None:
        named["AWS_ENDPOINT_URL_REKOGNITION"] = rekognition_url
    return kept | named


def service_defaults(index: Path, url: str, rekognition_url: str) -> dict[str, str]:
    """Return settings of the services that suit one machine; what the user set in the environment wins.

    Args:
        index: the tagger's database.
        url: where all services answer.
        rekognition_url: where the local Rekognition server does.
    """
    return {
        "ONLOOKER_CONSOLE_API_URL": url,
        "ONLOOKER_CONSOLE_REKOGNITION_URL": rekognition_url,
        "ONLOOKER_NOTIFIER_PICTURE_URL": f"{url}/console/pictures/{{image_id}}",
        "ONLOOKER_NOTIFIER_LINK_URL": url,
        "ONLOOKER_NOTIFIER_KEY_FILE": str(index.with_name("channels.key")),
        "ONLOOKER_TAGGER_DATABASE": str(index),
        "ONLOOKER_NOTIFIER_EMAIL_FROM": "onlooker@localhost.localdomain",
        "ONLOOKER_NOTIFIER_EMAIL_TO": "owner@localhost.localdomain",
        "ONLOOKER_NOTIFIER_VERIFY_SENDER": "true",
    }
