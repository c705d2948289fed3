"""IoT as matched faces will be published to it, where an emulator has it."""

from typing import Any

from .conftest import answered, unique


def test_what_is_published_can_be_kept_for_who_comes_later(aws: Any, answers: Any) -> None:
    topic = unique("rekognition")
    refused = answered(lambda: aws("iot-data").publish(topic=topic, qos=1, retain=True, payload=b'{"Bio": "Zoe"}'))
    assert (refused is None) == answers.iot
    if answers.iot:
        assert aws("iot-data").get_retained_message(topic=topic)["payload"] == b'{"Bio": "Zoe"}'


def test_a_device_is_told_where_to_connect(aws: Any, answers: Any) -> None:
    def endpoint() -> Any:
        return aws("iot").describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]

    if answers.iot:
        assert ".iot." in endpoint()
    else:
        assert answered(endpoint) == "InternalFailure"
