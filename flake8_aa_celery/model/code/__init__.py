"""What Python code says: which names are bound where, what calls what, where a loop or a try is left."""
