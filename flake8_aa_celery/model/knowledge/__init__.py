"""What libraries do, as data: a file a library."""
