"""What is asked of the results of tasks."""
