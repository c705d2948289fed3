"""The HTTP shell around every service: problems, keys, health, metrics, traces, streamed answers."""
