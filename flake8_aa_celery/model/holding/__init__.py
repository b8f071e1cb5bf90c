"""What is asked of results, and what holds a worker."""
