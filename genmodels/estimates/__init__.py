"""Numbers from numbers: how sure a statistic is when examples come in clusters."""
