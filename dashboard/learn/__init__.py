"""Lessons: how generative models work, by doing, on the real models. One file a lesson; `lessons.py` lists them."""
