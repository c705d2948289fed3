"""ARNs: every name of the topology as AWS writes it in policies."""

from dataclasses import dataclass

from onlooker_shared.aws import Aws


@dataclass(frozen=True, slots=True)
class Names:
    """The account, region and partition that the topology is in."""

    partition: str
    region: str
    account: str

    @classmethod
    async def of(cls, aws: Aws) -> "Names":
        """Ask AWS whose credentials these are."""
        _, partition, _, region, account, _ = (await aws.arn("sns", "any")).split(":", 5)
        return cls(partition, region, account)

    def bucket(self, name: str) -> str:
        """Return a bucket's ARN."""
        return f"arn:{self.partition}:s3:::{name}"

    def queue(self, name: str) -> str:
        """Return a queue's ARN."""
        return f"arn:{self.partition}:sqs:{self.region}:{self.account}:{name}"

    def topic(self, name: str) -> str:
        """Return a topic's ARN."""
        return f"arn:{self.partition}:sns:{self.region}:{self.account}:{name}"
