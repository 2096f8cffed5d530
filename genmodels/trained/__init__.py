"""Trained models, ready for use."""
