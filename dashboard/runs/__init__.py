"""All runs: the list, what can be done with them, and comparing them."""
