"""How fast it is, as ratios to other programs on the same machine, in turns within one run.

``python -m benchmarks TREE`` takes a folder of Python projects, makes an environment of its own, and writes
``benchmarks/RESULTS.md``.
"""
