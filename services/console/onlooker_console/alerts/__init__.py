"""Alerts: rules, channels, and what was sent, as pages show and ask for them."""
