"""`python -m onlooker_rekognition.operations README.md`: writes the README's table of operations."""

import sys
from pathlib import Path

from onlooker_rekognition.operations.table import write_table
from onlooker_rekognition.protocol.model import load_service

write_table(Path(sys.argv[1]), load_service().operations)
