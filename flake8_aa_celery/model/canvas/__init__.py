"""What workflows are made of, and what becomes of them."""
