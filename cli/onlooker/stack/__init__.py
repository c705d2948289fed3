"""All of Onlooker in three processes: every service in this one, the emulator, the Rekognition server."""
