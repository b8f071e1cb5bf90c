"""A static analyser and autofixer for Celery code."""

__version__ = "0.1.0"
