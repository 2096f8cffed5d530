"""Demo mode: a guided path through the real pages, for a team in front of a screen."""
