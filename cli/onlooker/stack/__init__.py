"""All of Onlooker on one machine in three processes: every service in this one, the emulator, the Rekognition server."""
