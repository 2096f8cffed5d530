"""Texts from prompts, and why the model wrote them."""
