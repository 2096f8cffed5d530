"""GenModels: train, explore and review generative models on your own machine."""

__version__ = "0.1.0"
