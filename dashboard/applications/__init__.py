"""Pages of what generative models are applied to."""
