"""What a running process tells about itself: logs, traces, metrics."""
