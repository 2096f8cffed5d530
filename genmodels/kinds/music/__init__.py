"""Music in four voices, as choirs sing it."""
