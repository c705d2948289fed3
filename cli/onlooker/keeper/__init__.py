"""Keeps what an emulator of AWS forgets: copies objects and items to a folder, and puts them back when it lost them."""
