"""A server for editors: what is found in texts that are not saved yet, what cures it, and what leads where.

It speaks the Language Server Protocol by pygls, which only :mod:`flake8_aa_celery.server.protocol` imports.
"""
