"""Alerts: rules, channels, what was sent and what was not."""

from collections.abc import Mapping
from typing import Any

import httpx

from onlooker.client.requests import Requests, body_of, segment


class Alerts(Requests):
    """What is asked of alerts."""

    async def alerts(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask the notifier what is below ``/alerts``: rules, channels, what was sent."""
        return await self._request(method, f"/alerts/{path}", **more)

    async def deliveries(self, limit: int = 50) -> dict[str, Any]:
        """Return the latest notifications."""
        return await self._json("GET", "/alerts/deliveries", {"limit": limit})

    async def make_rule(self, draft: Mapping[str, Any]) -> dict[str, Any]:
        """Make an alert rule and return it: it tells of pictures that come 15 seconds later, or at once."""
        return body_of(await self._request("POST", "/alerts/rules", json=draft))

    async def mute(self, rule_id: str, seconds: float) -> dict[str, Any]:
        """Have a rule tell nobody for so many seconds, and return it."""
        path = f"/alerts/rules/{segment(rule_id)}/mute"
        return body_of(await self._request("POST", path, json={"for_seconds": seconds}))

    async def unmute(self, rule_id: str) -> dict[str, Any]:
        """Have a rule tell again, and return it."""
        return body_of(await self._request("DELETE", f"/alerts/rules/{segment(rule_id)}/mute"))

    async def decisions(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return one page of what rules were about and did not tell, and why."""
        return await self._json("GET", "/alerts/decisions", parameters)

    async def send_again(self, delivery_id: str, request_id: str, patience: float) -> dict[str, Any]:
        """Send a message again, and return the delivery that this is.

        Args:
            delivery_id: of the message.
            request_id: the same one, made again, sends nothing.
            patience: seconds that the other side may take.
        """
        path = f"/alerts/deliveries/{segment(delivery_id)}/again"
        return body_of(await self._request("POST", path, json={"request_id": request_id}, timeout=patience))
