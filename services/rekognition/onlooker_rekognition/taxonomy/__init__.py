"""How `vision/taxonomy.json` is made, of WordNet, ImageNet's class names and `choices.toml`: for maintainers.

The server does not need it, nor any package it fetches.
"""
