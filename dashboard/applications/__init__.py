"""What generative models are applied to: one page each, around model families that are there."""
