"""Looking inside a trained model: walks, planes, maps and directions of its latent space."""
