"""Metrics, one file each; importing this enters them all in `METRICS`."""

from genmodels.metrics import frechet, kernel_distance, likelihood, nearest, precision_recall, texts
