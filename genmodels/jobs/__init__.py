"""Work in processes of its own, and the cage for what is foreign."""
