"""``python -m flake8_aa_celery``."""

from __future__ import annotations

import sys

from flake8_aa_celery.cli import main

if __name__ == "__main__":
    sys.exit(main())
