"""The faces by which people are told: cut out, searched for, and kept in a Rekognition collection."""
