"""OpenSearch as the tagger's index."""

from onlooker_tagger.opensearch.client import connect
from onlooker_tagger.opensearch.index import OpenSearchIndex, open_index

__all__ = ["OpenSearchIndex", "connect", "open_index"]
