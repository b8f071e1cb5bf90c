"""What a running Celery does: the proofs of the rules' claims."""
