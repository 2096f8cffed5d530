"""What was found, how it is judged, and how often that verdict is wrong."""
