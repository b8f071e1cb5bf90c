"""What a task can take, and what it is given."""
