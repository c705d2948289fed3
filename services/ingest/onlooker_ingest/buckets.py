"""The buckets that can be reached through this service, and who may touch what in them.

Uploads go to the images and the faces bucket; what Onlooker itself makes (annotated pictures) can only be read. The
results bucket is not here at all: results are read through the recognizer, which knows what they mean.
"""

from dataclasses import dataclass

from onlooker_ingest.addresses import ObjectAddress
from onlooker_shared.errors import ForbiddenError, NotFoundError
from onlooker_shared.keys import Principal
from onlooker_shared.topology import Topology


@dataclass(frozen=True, slots=True)
class Buckets:
    """The allow-list. S3 is asked about no other bucket."""

    writable: tuple[str, ...]
    read_only: tuple[str, ...]

    @classmethod
    def of(cls, topology: Topology) -> "Buckets":
        """Return the buckets of an installation."""
        return cls(writable=(topology.images.name, topology.faces.name), read_only=(topology.annotated.name,))

    def seen_by(self, principal: Principal) -> list[str]:
        """Return the names of the buckets that an access key may touch, at least in part."""
        return sorted(name for name in (*self.writable, *self.read_only) if principal.bucket in {None, name})

    def check_known(self, bucket: str) -> None:
        """Return if there is such a bucket, else raise NotFoundError."""
        if bucket not in self.writable and bucket not in self.read_only:
            raise NotFoundError(f"There is no bucket '{bucket}' here. GET /v1/ lists the buckets.")

    def check_read(self, principal: Principal, address: ObjectAddress) -> None:
        """Return if the caller may read an object.

        Raises:
            NotFoundError: there is no such bucket.
            ForbiddenError: the access key is bound to something else.
        """
        self.check_known(address.bucket)
        _check_binding(principal, address.bucket, address.key)

    def check_list(self, principal: Principal, bucket: str, prefix: str) -> None:
        """Return if the caller may list the keys under a prefix; raises as `check_read` does."""
        self.check_known(bucket)
        _check_binding(principal, bucket, prefix)

    def check_write(self, principal: Principal, bucket: str, key: str) -> None:
        """Return if the caller may store or delete under a key, or all keys that begin so; raises as `check_read`."""
        self.check_known(bucket)
        if bucket not in self.writable:
            raise ForbiddenError(f"The bucket '{bucket}' can only be read: Onlooker alone changes what is in it.")
        _check_binding(principal, bucket, key)


def _check_binding(principal: Principal, bucket: str, key: str) -> None:
    if not principal.may_touch(bucket, key):
        bound = f"'{principal.bucket}'" if principal.bucket else "every bucket"
        raise ForbiddenError(f"This access key is bound to {bound} with keys that begin with '{principal.prefix}'.")
