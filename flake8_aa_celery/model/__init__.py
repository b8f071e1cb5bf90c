"""What the code says about Celery. Facts only: no opinion lives here."""
