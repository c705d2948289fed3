"""Alerts: rules, channels, what was sent and what was not."""

from collections.abc import Mapping
from typing import Any

from onlooker.client.requests import Requests, body_of, decoded, segment

YAML = {"Content-Type": "application/yaml"}


class Alerts(Requests):
    """What is asked of alerts."""

    async def rules(self) -> list[dict[str, Any]]:
        """Return every rule."""
        found: list[dict[str, Any]] = decoded(await self._request("GET", "/alerts/rules"))
        return found

    async def make_rule(self, draft: Mapping[str, Any]) -> dict[str, Any]:
        """Make an alert rule and return it: it tells of pictures that come 15 seconds later, or at once."""
        return body_of(await self._request("POST", "/alerts/rules", json=draft))

    async def rulebook(self) -> str:
        """Return all rules as one YAML document."""
        return (await self._request("GET", "/alerts/rules.yaml")).text

    async def rulebook_etag(self) -> str:
        """Return what is the same as long as no rule comes, changes or goes."""
        return (await self._request("GET", "/alerts/rules.yaml")).headers["ETag"]

    async def put_rulebook(self, document: bytes, *, dry_run: bool, etag: str | None = None) -> dict[str, Any]:
        """Have the rules be those of a YAML document, or see what would change; return what did, or would.

        Args:
            document: the rules; others are deleted.
            dry_run: change nothing.
            etag: of the rules as they have to be still; None: whatever they are.
        """
        headers = YAML if etag is None else {**YAML, "If-Match": etag}
        answer = await self._request(
            "PUT", "/alerts/rules.yaml", params={"dry_run": dry_run}, content=document, headers=headers
        )
        return body_of(answer)

    async def try_rule(self, rule_id: str, pictures: int) -> dict[str, Any]:
        """Return what a rule makes of so many of the newest pictures. Nothing is sent."""
        return await self._json("POST", f"/alerts/rules/{segment(rule_id)}/test", {"pictures": pictures})

    async def mute(self, rule_id: str, seconds: float) -> dict[str, Any]:
        """Have a rule tell nobody for so many seconds, and return it."""
        path = f"/alerts/rules/{segment(rule_id)}/mute"
        return body_of(await self._request("POST", path, json={"for_seconds": seconds}))

    async def unmute(self, rule_id: str) -> dict[str, Any]:
        """Have a rule tell again, and return it."""
        return body_of(await self._request("DELETE", f"/alerts/rules/{segment(rule_id)}/mute"))

    async def channels(self) -> list[dict[str, Any]]:
        """Return every channel, each with its fuse."""
        found: list[dict[str, Any]] = (await self._json("GET", "/alerts/channels"))["channels"]
        return found

    async def try_channel(self, channel_id: str, patience: float) -> dict[str, Any]:
        """Send a test message by a channel, and return what the other side said.

        Args:
            channel_id: of the channel.
            patience: seconds that the other side may take.
        """
        path = f"/alerts/channels/{segment(channel_id)}/test"
        return body_of(await self._request("POST", path, timeout=patience))

    async def deliveries(self, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
        """Return one page of what was sent or refused, newest first."""
        position = {} if cursor is None else {"cursor": cursor}
        return await self._json("GET", "/alerts/deliveries", {"limit": limit, **position})

    async def send_again(self, delivery_id: str, request_id: str, patience: float) -> dict[str, Any]:
        """Send a message again, and return the delivery that this is.

        Args:
            delivery_id: of the message.
            request_id: the same one, made again, sends nothing.
            patience: seconds that the other side may take.
        """
        path = f"/alerts/deliveries/{segment(delivery_id)}/again"
        return body_of(await self._request("POST", path, json={"request_id": request_id}, timeout=patience))

    async def acknowledge(self, delivery_id: str) -> dict[str, Any]:
        """Say that somebody sees to what was told; return the acknowledgement that counts, the first one."""
        return await self._json("POST", f"/alerts/deliveries/{segment(delivery_id)}/acknowledge")

    async def decisions(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return one page of what rules were about and did not tell, and why."""
        return await self._json("GET", "/alerts/decisions", parameters)
