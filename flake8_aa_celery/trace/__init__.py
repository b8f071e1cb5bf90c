"""What a task, a view or a function leads to: its calls, loops, waits, sends, logs and transactions, as a tree."""
