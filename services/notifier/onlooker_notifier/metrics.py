"""The notifier's own metrics."""

from prometheus_client import Counter

DELIVERIES = Counter("onlooker_deliveries_total", "Messages to channels.", ("channel", "status"))
"""status: sent, failed (refused for ever), postponed (the channel did not answer; it is tried again)."""
