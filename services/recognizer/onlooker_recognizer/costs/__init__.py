"""What Rekognition's answers cost: counted by day and bucket, priced by a list, and kept within a budget."""
