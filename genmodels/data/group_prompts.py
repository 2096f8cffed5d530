"""Prompts that ask about groups: neutral ones, and pairs that differ in one word for a group."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.data.emoji_names import TONES
from genmodels.refusal import Refusal

TONE = re.compile(rf",? ?\b(?:{'|'.join(sorted(TONES, key=len, reverse=True))}) skin tone\b")


def neutral_prompts(data: Dataset) -> dict[str, str]:
    """Role (occupation or activity) to the caption that names it and no group: "firefighter", "person swimming".

    Of the roles that have women and men in the training split. Raises `Refusal` where captions or groups are missing.
    """
    captions = [*data.train.captions, *data.test.captions]
    if not captions or not {"role", "gender"} <= set(data.train.groups):
        raise Refusal(
            f"The captions of {data.name} name no groups (role and gender), so there is no neutral prompt to compare; use data that does, such as openmoji."
        )
    roles, genders, tones = (_both(data, name) for name in ("role", "gender", "skin tone"))
    train = np.arange(len(captions)) < len(data.train.captions)
    found = {}
    for role in np.unique(roles[roles != ""]):
        own = roles == role
        if {"woman", "man"} <= set(genders[own & train]):
            neutral = sorted(np.flatnonzero(own & (genders == "person")), key=lambda i: (tones[i] != "", i))
            if neutral:
                found[str(role)] = TONE.sub("", captions[neutral[0]]).strip()
    if not found:
        raise Refusal(f"No role of {data.name} has women, men and a neutral caption, so there is nothing to compare.")
    return found


def pairs(data: Dataset, swapped: str) -> Iterator[tuple[str, str]]:
    """Pairs of captions that differ only in the group of the grouping `swapped`: woman and man, or two skin tones."""
    names = ("role", "gender", "skin tone")
    rows = zip(*(_both(data, name) for name in names), [*data.train.captions, *data.test.captions], strict=True)
    kept: dict[tuple[str, ...], dict[str, str]] = {}
    for *groups, caption in rows:
        if all(groups) and groups[1] != "person":
            rest = tuple(group for name, group in zip(names, groups, strict=True) if name != swapped)
            kept.setdefault(rest, {})[groups[names.index(swapped)]] = caption
    for variants in kept.values():
        if len(variants) > 1:
            first, *_, last = (variants[name] for name in sorted(variants))
            yield first, last


def _both(data: Dataset, grouping: str) -> np.ndarray:
    """The groups of all examples, training first; "" where the data do not say."""
    parts = [part.groups.get(grouping, np.full(len(part), "")) for part in (data.train, data.test)]
    return np.concatenate(parts).astype(str)
