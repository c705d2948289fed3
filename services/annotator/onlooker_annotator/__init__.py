"""The annotator: draws what was recognized, and presigns links to it."""
