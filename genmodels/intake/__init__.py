"""What must be looked at before anything foreign is used."""
