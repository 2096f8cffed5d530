"""Looking inside a trained model: walks, planes, maps and directions of its latent space.

Functions of a generator (`genmodels.generator.TrainedGenerator`, or anything with `latents`, `decode` and `encode`) and
of arrays. No Keras is imported here.
"""
