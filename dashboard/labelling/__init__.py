"""The page on which people label outputs: what is asked, one example at a time, and the labels as a table."""
