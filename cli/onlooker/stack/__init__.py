"""All of Onlooker on one machine, in three processes: this one with every service, the emulator, the Rekognition server."""
