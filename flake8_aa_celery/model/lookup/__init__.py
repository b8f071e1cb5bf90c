"""What the files of a whole project say: its tasks by name, its settings, its result backend."""
