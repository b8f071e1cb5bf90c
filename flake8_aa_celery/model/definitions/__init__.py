"""How tasks are defined: their bodies, their logs, their names."""
