"""What the runs of the gallery are trained as: one experiment each, by name; `make_gallery` trains them."""

from __future__ import annotations

from typing import Any

from genmodels.calibration.deepfake import experiment

EXPERIMENTS: dict[str, dict[str, Any]] = {
    "vae-digits": {
        "model": "vae",
        "data": "digits",
        "recipe": {"latent": 8, "width": 16, "warmup": 200},
        "epochs": 60,
        "batch_size": 32,
    },
    "gan-digits": {
        "model": "gan",
        "data": "digits",
        "recipe": {"latent": 16, "width": 16, "learning_rate": 1e-3},
        "epochs": 100,
        "batch_size": 32,
    },
    "vae-icons": {
        "model": "vae",
        "data": "icons",
        "source": {"size": 28},
        "recipe": {"latent": 32, "beta": 2.0},
        "epochs": 30,
    },
    "vae-openmoji": {
        "model": "vae",
        "data": "openmoji",
        "source": {"mirror": True},
        "recipe": {"latent": 32, "beta": 4.0},
        "epochs": 30,
    },
    "gan-openmoji": {
        "model": "gan",
        "data": "openmoji",
        "source": {"mirror": True},
        "recipe": {"learning_rate": 5e-4},
        "epochs": 160,
    },
    "transformer-occupations": {
        "model": "transformer",
        "data": "occupations",
        "recipe": {"layers": 3, "width": 128, "dropout": 0.1},
        "epochs": 8,
        "batch_size": 32,
    },
    "transformer-code": {
        "model": "transformer",
        "data": "python-code",
        "source": {"middle": 0.5},
        "recipe": {"layers": 6, "heads": 6, "width": 192, "dropout": 0.1},
        "epochs": 3,
        "batch_size": 8,
    },
    "transformer-docs": {
        "model": "transformer",
        "data": "python-docs",
        "recipe": {"layers": 4, "heads": 6, "width": 192, "dropout": 0.2},
        "epochs": 7,
        "batch_size": 8,
    },
    "transformer-chorales": {
        "model": "transformer",
        "data": "chorales",
        "source": {"windows": 2500},
        "recipe": {"layers": 4, "width": 128, "dropout": 0.2},
        "epochs": 12,
        "batch_size": 8,
    },
    "transformer-molecules": {
        "model": "transformer",
        "data": "molecules",
        "source": {"spellings": 10, "windows": 6000},
        "recipe": {"layers": 4, "width": 128, "dropout": 0.1},
        "epochs": 10,
        "batch_size": 16,
    },
    "vae-molecules": {
        "model": "sequence-vae",
        "data": "molecules",
        "source": {"unit": "selfies", "spellings": 5, "context": 64},
        "recipe": {"latent": 64, "beta": 0.2, "warmup": 2000, "hidden": 0.3},
        "epochs": 12,
        "batch_size": 32,
    },
    "clip": {"model": "clip", "data": "emblems", "epochs": 16, "batch_size": 128},
    "judge": {
        "model": "clip",
        "data": "emblems",
        "source": {"share": 0.9, "share_seed": 1},
        "recipe": {"text": "bag", "image": "plain", "width": 24, "dimensions": 96, "vocabulary": 3000},
        "epochs": 24,
        "batch_size": 128,
        "seed": 1,
    },
    "judge-icons": {
        "model": "clip",
        "data": "emblems",
        "source": {"family": "all", "half": "first"},
        "recipe": {"text": "bag", "image": "plain", "width": 24, "dimensions": 96, "vocabulary": 4000},
        "epochs": 24,
        "batch_size": 128,
        "seed": 1,
    },
    "diffusion-openmoji": {
        "model": "diffusion",
        "data": "openmoji",
        "source": {"subset": "all", "split": "combination"},
        "recipe": {"learning_rate": 7e-4},
        "epochs": 60,
    },
    "upscaler": {
        "model": "upscaler",
        "data": "openmoji",
        "source": {"size": 128, "subset": "all"},
        "epochs": 16,
        "batch_size": 16,
    },
    "reader-skin": {
        "model": "reader",
        "data": "people",
        "source": {"label": "tone or none"},
        "recipe": {
            "features": "colours",
            "width": 64,
            "noise": 0.0,
            "dropout": 0.5,
            "learning_rate": 3e-3,
            "weight_decay": 1.0,
        },
        "epochs": 8,
    },
    "reader-somebody": {
        "model": "reader",
        "data": "people",
        "source": {"label": "woman or man"},
        "recipe": {"colours": "greyscale", "noise": 0.02, "learning_rate": 2e-3},
        "epochs": 16,
    },
    "reader-gender": {
        "model": "reader",
        "data": "openmoji",
        "source": {"split": "combination", "label": "woman or man", "subset": "all", "mirror": True},
        "recipe": {"colours": "greyscale", "noise": 0.05, "learning_rate": 2e-3},
        "epochs": 65,
        "batch_size": 32,
    },
    "gan-prompts": {
        "model": "gan",
        "data": "openmoji",
        "source": {"subset": "all", "split": "combination"},
        "recipe": {"captioned": True, "learning_rate": 5e-4},
        "epochs": 70,
    },
    "detector": experiment(),
    "diffusion-icons": {
        "model": "diffusion",
        "data": "icons",
        "source": {"size": 32},
        "recipe": {"width": 32},
        "epochs": 45,
    },
    "diffusion-design": {
        "model": "diffusion",
        "data": "icons",
        "source": {"size": 32, "family": "all", "half": "second"},
        "recipe": {"width": 40},
        "epochs": 60,
    },
    "latent-video-motion": {
        "model": "latent-video",
        "data": "motion",
        "source": {"clips": 6000},
        "epochs": 50,
        "batch_size": 32,
    },
}
# Whose matrices ship in eight bits, since half precision would be too large.
EIGHT_BITS = {"latent-video-motion"}
# What is trained before, for runs that branch from the last epoch of another.
BEFORE: dict[str, dict[str, Any]] = {
    "diffusion-openmoji": {
        "model": "diffusion",
        "data": "openmoji",
        "source": {"subset": "all", "split": "combination"},
        "epochs": 120,
    },
}
