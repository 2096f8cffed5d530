"""What an example is: one folder a kind."""
