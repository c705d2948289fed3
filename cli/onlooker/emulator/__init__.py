"""The embedded stand-in for Amazon's services: MiniStack, made safe to keep one's data in on one machine."""
