"""What is foreign is looked at here before it is used."""
