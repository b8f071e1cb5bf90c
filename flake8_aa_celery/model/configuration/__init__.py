"""What a project's settings say of Celery."""
