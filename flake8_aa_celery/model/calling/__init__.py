"""How tasks are called: what is sent, with which arguments and options, and when."""
