"""What a call does, wherever it leads."""
