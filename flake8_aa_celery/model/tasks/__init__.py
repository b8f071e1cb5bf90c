"""How tasks are defined: their options, decorators, bodies, logs, names, retries."""
