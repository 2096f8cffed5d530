"""The pictures of the three doors on the first page, drawn by models of the gallery: `python -m tests.door_pictures`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from genmodels.data.dataset import DATA
from genmodels.explore.walks import nearest_training, plane
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.files import grid, png_bytes
from genmodels.runs.store import shipped
from genmodels.trained.opening import open_model

FOLDER = Path(__file__).parent.parent / "dashboard" / "pictures"
COLUMNS = 4  # as many as a model draws at once
PROMPTS = ("woman firefighter", "man swimming", "woman astronaut", "mermaid")
LARGER = 3  # screen pixels a drawn one
CREDIT = "Emoji: OpenMoji, CC BY-SA 4.0"


def main() -> None:
    """Draws all three."""
    FOLDER.mkdir(exist_ok=True)
    painter = open_model(shipped("diffusion-openmoji"))
    steps = list(painter.draw(PROMPTS, seeds=range(len(PROMPTS)), drawing=Drawing()))
    drawn = steps[-1].clean
    train = DATA["openmoji"]().load().train.images
    save("audit", np.concatenate([drawn, train[nearest_training(drawn, train)[0]]]), COLUMNS)
    seen = [steps[round(share * (len(steps) - 1))].noisy for share in (0.0, 0.4, 0.7)]
    save(
        "look-inside",
        np.stack([frame for which in (0, 2) for frame in [*(each[which] for each in seen), drawn[which]]]),
        COLUMNS,
    )
    digits = open_model(shipped("vae-digits"))
    split = DATA["digits"]().load().train
    corners = np.stack([digits.encode(split.images[[list(split.labels).index(label)]])[0] for label in (0, 6, 7)])
    latents = plane(corners, 13).reshape(13, 13, -1)[::2][:6]
    save("learn", digits.decode(latents.reshape(-1, latents.shape[-1])), 13)


def save(name: str, images: np.ndarray, columns: int) -> None:
    """As a sheet whose pixels are squares."""
    sheet = grid(images, columns)
    sheet = sheet.resize((sheet.width * LARGER, sheet.height * LARGER), Image.Resampling.NEAREST)
    small = sheet if sheet.mode == "L" else sheet.convert("RGB").quantize(64)
    facts = {"Made by": "a model of the gallery"} | ({"Credit": CREDIT} if name != "learn" else {})
    (FOLDER / f"{name}.png").write_bytes(png_bytes(small, facts))


if __name__ == "__main__":
    main()
