"""What runs in and around workers: receivers of signals, questions to workers, processes of tasks."""
