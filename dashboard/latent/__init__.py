"""The latent space of a run: walks, planes, directions, maps."""
