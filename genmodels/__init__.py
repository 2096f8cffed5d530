"""GenModels: train, explore and review generative models on your own machine."""

import os

__version__ = "0.1.0"

# TensorFlow reads both when it is first imported, whoever imports it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its start-up notices are not for our users
os.environ.setdefault(
    "TF_ENABLE_ONEDNN_OPTS", "1"
)  # kernels that are quicker by half on processors with AVX2, where it leaves them off
