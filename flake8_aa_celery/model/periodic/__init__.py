"""What beat is told to start, and when."""
