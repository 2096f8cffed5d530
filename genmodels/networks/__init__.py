"""Networks and how they learn; the only room that knows the back end."""
