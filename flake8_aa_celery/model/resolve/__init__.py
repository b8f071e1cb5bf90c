"""What an expression is known to be: a constant, a task, a signature, a workflow, a model, a list."""
