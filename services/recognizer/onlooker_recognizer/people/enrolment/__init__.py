"""Making somebody known: by requests with pictures, a webcam, and the faces bucket."""
