"""A notification channel of Rekognition's jobs: an SNS topic, and a queue where its messages are waited for."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import boto3

ROLE = "arn:aws:iam::000000000000:role/rekognition"


@dataclass
class Channel:
    """A topic, and the queue where its messages arrive."""

    topic: str
    queue: str
    sqs: Any
    heard: list[dict] = field(default_factory=list)

    @property
    def argument(self) -> dict[str, str]:
        """The NotificationChannel member of a request."""
        return {"SNSTopicArn": self.topic, "RoleArn": ROLE}

    def await_end(self, job_id: str) -> dict[str, Any]:
        """The message about a job, as soon as it comes."""
        for _ in range(3):
            if told := [message for message in self.heard if message["JobId"] == job_id]:
                return told[0]
            answer = self.sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=20, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                self.heard.append(json.loads(json.loads(message["Body"])["Message"]))
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        raise AssertionError(f"nothing was heard of job {job_id}")


def open_channel(endpoint: str) -> Channel:
    """A new topic with its queue, in the emulator at `endpoint`."""
    sqs = boto3.client("sqs", endpoint_url=endpoint)
    sns = boto3.client("sns", endpoint_url=endpoint)
    name = f"videos-{uuid.uuid4()}"
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return Channel(topic, queue, sqs)
