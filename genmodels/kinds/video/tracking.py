"""What moves in a clip and where to, in closed form: the middle of what differs from the ground.

Clips are uint8 (n, frames, height, width, 3) on a plain ground; lengths are in pixels of 32, whatever the size. Nothing here is
fitted; how often direction and speed are read wrong is counted on held-out clips (`measuring.video`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

SIDE = 32  # that lengths are said for
DIFFERENT = 40  # grey levels in any channel by which a pixel differs from the ground
LEAST = 10  # pixels, of 32 x 32, that are something
STILL = 1.0  # pixels; what moves less has no direction
SHIFTS = 3  # pixels by which a frame is moved at most to lie on the next


def grounds(clips: np.ndarray) -> np.ndarray:
    """The colour of the ground of each clip, (n, 3): the median of the edges of all frames."""
    n = len(clips)
    edges = [clips[:, :, 0], clips[:, :, -1], clips[:, :, :, 0], clips[:, :, :, -1]]
    return np.median(np.concatenate([each.reshape(n, -1, 3) for each in edges], axis=1), axis=1)


def covered(clips: np.ndarray) -> np.ndarray:
    """Which pixels differ from the ground, bool (n, frames, height, width)."""
    found = np.empty(clips.shape[:-1], bool)
    for number, ground in enumerate(grounds(clips)):
        found[number] = np.abs(clips[number].astype(np.float32) - ground).max(axis=-1) > DIFFERENT
    return found


def there(clips: np.ndarray) -> np.ndarray:
    """Whether something is to be seen in each frame, bool (n, frames)."""
    return np.asarray(covered(clips).mean(axis=(2, 3)) * SIDE**2 >= LEAST)


def middles(clips: np.ndarray) -> np.ndarray:
    """The middle (down, right) of what is covered in each frame (n, frames, 2), in pixels of 32; NaN where nothing is."""
    mask = covered(clips)
    height, width = mask.shape[2:]
    areas = mask.sum(axis=(2, 3))
    rows, columns = mask.sum(axis=3) @ (np.arange(height) + 0.5), mask.sum(axis=2) @ (np.arange(width) + 0.5)
    found = np.stack([rows, columns], axis=-1) / np.maximum(areas, 1)[..., None]
    found[areas * (SIDE**2 / (height * width)) < LEAST] = np.nan
    return found * np.array([SIDE / height, SIDE / width])


def directions(clips: np.ndarray, ways: Mapping[str, tuple[int, int]]) -> np.ndarray:
    """The name of the way (down, right) that is nearest to where each clip's things go (n,); "" where nothing moves.

    Where they turn back it is the way to where they turn.
    """
    names, steps = list(ways), np.array(list(ways.values()), float)
    steps /= np.hypot(*steps.T)[:, None]
    found = []
    for path in middles(clips):
        seen = path[~np.isnan(path).any(axis=1)]
        gone = seen - seen[:2].mean(axis=0) if len(seen) > 2 else np.zeros((1, 2))
        far = gone[np.argmax(np.hypot(*gone.T))]
        found.append(names[int(np.argmax(steps @ far))] if np.hypot(*far) >= STILL else "")
    return np.array(found)


def travelled(clips: np.ndarray) -> np.ndarray:
    """How far the middle of each clip moves from the first frame to the last along its way, (n,), in pixels of 32."""
    found = []
    for path in middles(clips):
        seen = path[~np.isnan(path).any(axis=1)]
        if len(seen) < 3:
            found.append(0.0)
            continue
        far = int(np.argmax(np.hypot(*(seen - seen[0]).T)))
        there_and_back = np.hypot(*(seen[far] - seen[0])) + np.hypot(*(seen[-1] - seen[far]))
        found.append(float(there_and_back) * (len(path) - 1) / (len(seen) - 1))
    return np.array(found)


def speeds(clips: np.ndarray, known: Mapping[str, float]) -> np.ndarray:
    """The name of the speed (pixels of 32 from the first frame to the last) that is nearest to each clip's (n,)."""
    names, values = list(known), np.array(list(known.values()))
    return np.array(names)[np.abs(travelled(clips)[:, None] - values).argmin(axis=1)]


def unsteadiness(clips: np.ndarray) -> np.ndarray:
    """How much each frame differs from the one before when that is moved to where it fits best, by up to 3 pixels; mean root mean square (n,), 0 to 1."""
    x = clips.astype(np.float32) / 255
    least = np.full(x.shape[:2], np.inf, np.float32)[:, 1:]
    m = SHIFTS
    inner = x[:, 1:, m:-m, m:-m]
    height, width = x.shape[2:4]
    for down in range(2 * m + 1):
        for right in range(2 * m + 1):
            moved = x[:, :-1, down : height - 2 * m + down, right : width - 2 * m + right]
            np.minimum(least, ((inner - moved) ** 2).mean(axis=(2, 3, 4)), out=least)
    return np.asarray(np.sqrt(least).mean(axis=1), float)
