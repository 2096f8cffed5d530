"""The first page: its doors, the models that it shows, and the last runs of whoever opens it."""
