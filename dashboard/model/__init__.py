"""One page a model, and the header that all pages about one model share."""
