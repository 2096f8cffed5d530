"""A run while it trains: progress, curves, branches."""
