"""The console: the web pages of Onlooker."""
