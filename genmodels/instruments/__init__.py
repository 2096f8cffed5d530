"""Trained models that measure others, each with its counted errors; importing this enters what data sets need of them."""

from genmodels.instruments import drawn_by_models
