"""Views, transactions, and what runs while a row is saved."""
