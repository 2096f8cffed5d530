"""Code: what it has beyond a text."""
