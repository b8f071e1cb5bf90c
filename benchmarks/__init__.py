"""How fast it is, as ratios to other programs on the same machine, in turns within one run: see ``README.md``."""
