"""PyTorch: the U-Net of clips of the benches, the solver that films with it and the usual loop that trains it.

Started as `python -m genmodels.bench.peers.pytorch_film sample-clip channels_last`, in an environment that has PyTorch alone.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from genmodels.bench import clips, pictures
from genmodels.bench.peers.pytorch_unet import UNet
from genmodels.bench.turns import THREADS, serve


class FilmUNet(UNet):
    """Layers by the names of ours, as in `UNet`; frames lie one after the other, (n FRAMES, channels, height, width)."""

    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.kernels, self.biases, self.scales = nn.ParameterDict(), nn.ParameterDict(), nn.ParameterDict()
        self.taps = nn.ParameterDict()
        self.register_buffer("speeds", torch.tensor(pictures.speeds())[None])
        self.register_buffer("numbers", torch.tensor(clips.numbers()))
        first, last = clips.WIDTHS[0], len(clips.WIDTHS) - 1
        self._dense("told_noise", 32, 4 * first)
        self._dense("told_prompt", pictures.TEXT, 4 * first, bias=False)
        self._dense("told", 4 * first, 4 * first)
        self._dense("told_frame", 2 * clips.WAVES, 4 * first, bias=False)
        self._conv("inward", clips.FOLD**2 * (clips.CHANNELS + 1), first, 3)
        for level, width in enumerate(clips.WIDTHS):
            if level:
                self._conv(f"down_{level}", clips.WIDTHS[level - 1], width, 2)
                self._conv(f"up_{level}", width, clips.WIDTHS[level - 1], 2, up=True)
            self._block(f"in_{level}", width, width, level)
            self._block(f"out_{level}", 2 * width, width, level)
        self._block("middle", clips.WIDTHS[last], clips.WIDTHS[last])
        self._norm("last_norm", first)
        self._conv("outward", first, clips.FOLD**2 * clips.CHANNELS, 3)

    def _block(self, name: str, inputs: int, width: int, level: int | None = None) -> None:
        self._norm(f"{name}_first_norm", inputs)
        self._norm(f"{name}_second_norm", width)
        self._dense(f"{name}_told", 4 * clips.WIDTHS[0], 2 * width)
        self._conv(f"{name}_first", inputs, width, 3)
        self._conv(f"{name}_second", width, width, 3)
        if inputs != width:
            self._conv(f"{name}_through", inputs, width, 1)
        if level is None:
            return
        self.taps[name] = nn.Parameter(torch.tensor(pictures.weight(f"{name}_along", (3, width))))
        self._norm(f"{name}_attention_norm", width)
        for part, size in (
            ("queries", width),
            ("word_keys", pictures.TEXT),
            ("word_values", pictures.TEXT),
            ("mixed", width),
        ):
            self._dense(f"{name}_{part}", size, width, bias=False)
        if level:
            self._norm(f"{name}_time_norm", width)
            self._dense(f"{name}_time_inward", width, 3 * width, bias=False)
            self._dense(f"{name}_time_outward", width, width, bias=False)

    def along(self, name: str, x: Tensor) -> Tensor:
        """Each place mixed with itself in the frames before and after, each channel by itself."""
        y = x.unflatten(0, (-1, clips.FRAMES))
        empty = torch.zeros_like(y[:, :1])
        before, after = torch.cat((empty, y[:, :-1]), 1), torch.cat((y[:, 1:], empty), 1)
        taps = self.taps[name][:, :, None, None]
        return (before * taps[0] + y * (1 + taps[1]) + after * taps[2]).flatten(0, 1)

    def words(self, name: str, x: Tensor, states: Tensor) -> Tensor:
        """x with what each place of each frame looks up in the words added."""
        frames, width, height, across = x.shape
        own = self.norm(f"{name}_attention_norm", x).permute(0, 2, 3, 1).reshape(len(states), -1, width)

        def split(part: str, source: Tensor) -> Tensor:
            return self.dense(f"{name}_{part}", source).view(*source.shape[:2], clips.HEADS, -1).transpose(1, 2)

        looked = F.scaled_dot_product_attention(
            split("queries", own), split("word_keys", states), split("word_values", states)
        )
        mixed = self.dense(f"{name}_mixed", looked.transpose(1, 2).reshape(own.shape))
        return x + mixed.view(frames, height, across, width).permute(0, 3, 1, 2)

    def time(self, name: str, x: Tensor) -> Tensor:
        """x with what each place looks up in itself in all frames added, by rotary positions."""
        width, height, across = x.shape[1:]
        own = self.norm(f"{name}_time_norm", x).permute(0, 2, 3, 1).reshape(-1, clips.FRAMES, height * across, width)
        own = own.transpose(1, 2).reshape(-1, clips.FRAMES, width)
        parts = self.dense(f"{name}_time_inward", own).view(len(own), clips.FRAMES, 3, clips.HEADS, -1)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)
        cosine, sine = map(torch.tensor, clips.rotations(width // clips.HEADS))

        def turned(y: Tensor) -> Tensor:
            first, second = y.chunk(2, -1)
            return torch.cat((first * cosine - second * sine, first * sine + second * cosine), -1)

        looked = F.scaled_dot_product_attention(turned(queries), turned(keys), values)
        seen = self.dense(f"{name}_time_outward", looked.transpose(1, 2).reshape(own.shape))
        back = seen.view(-1, height * across, clips.FRAMES, width).transpose(1, 2)
        return x + back.reshape(-1, height, across, width).permute(0, 3, 1, 2)

    def attended(self, name: str, x: Tensor, states: Tensor) -> Tensor:
        """All three, as far as the level has them."""
        x = self.words(name, self.along(name, x), states)
        return self.time(name, x) if f"{name}_time_norm" in self.scales else x

    def forward(self, noisy: Tensor, angle: Tensor, states: Tensor, mean: Tensor) -> Tensor:
        """Clean frames (n, FRAMES, channels, height, width) of noisy frames and the channel that says which are given, at angles (n, 1)."""
        turned = angle @ self.speeds
        told = self.dense("told_noise", torch.cat((turned.sin(), turned.cos()), -1)) + self.dense("told_prompt", mean)
        told = self.dense("told", F.silu(told))
        told = F.silu(told[:, None] + self.dense("told_frame", self.numbers)).flatten(0, 1)
        x = noisy.flatten(0, 1)
        n, channels, height, width = x.shape
        fold = clips.FOLD
        x = x.reshape(n, channels, height // fold, fold, width // fold, fold).permute(0, 3, 5, 1, 2, 4)
        x = x.reshape(n, -1, height // fold, width // fold).contiguous(memory_format=self.layout)
        x, skips = self.conv("inward", x), []
        for level in range(len(clips.WIDTHS)):
            x = self.conv(f"down_{level}", x, 2) if level else x
            x = self.attended(f"in_{level}", self.residual(f"in_{level}", x, told), states)
            skips.append(x)
        x = self.residual("middle", x, told)
        for level in reversed(range(len(clips.WIDTHS))):
            x = self.residual(f"out_{level}", torch.cat((x, skips[level]), 1), told)
            x = self.attended(f"out_{level}", x, states)
            x = F.conv_transpose2d(x, self.kernels[f"up_{level}"], self.biases[f"up_{level}"], 2) if level else x
        x = self.conv("outward", F.silu(self.norm("last_norm", x)))
        x = x.reshape(n, fold, fold, channels - 1, height // fold, width // fold).permute(0, 3, 4, 1, 5, 2)
        return x.reshape(-1, clips.FRAMES, channels - 1, height, width)


def velocity_to(foreseen: Tensor, noisy: Tensor, signal: Tensor | float, spread: Tensor | float) -> Tensor:
    """The velocity of noisy clips that leads to the clips that are foreseen."""
    least = spread.clamp(min=clips.LEAST_NOISE) if isinstance(spread, Tensor) else max(spread, clips.LEAST_NOISE)
    return (signal * noisy - foreseen) / least


@torch.inference_mode()
def film(model: Callable[..., Tensor]) -> np.ndarray:
    """DPM-Solver++(2M) from noise to a clip (1, FRAMES, SIDE, SIDE, CHANNELS) in [-1, 1], both halves of the guidance in one batch."""
    states, mean = map(torch.tensor, clips.told())
    noisy = torch.tensor(clips.noise()).permute(0, 1, 4, 2, 3)
    given = torch.zeros_like(noisy[:, :, :1])
    before, last, visits = None, 0.0, pictures.angles()
    for angle, following in itertools.pairwise(visits):
        seen = torch.cat((noisy, given), 2)
        foreseen = model(torch.cat((seen, seen)), torch.full((2, 1), float(angle)), states, mean)
        asked, against = velocity_to(foreseen, noisy, float(np.cos(angle)), float(np.sin(angle))).chunk(2)
        velocity = against + pictures.GUIDANCE * (asked - against)
        clean = (float(np.cos(angle)) * noisy - float(np.sin(angle)) * velocity).clamp(-1, 1)
        if following > 0:
            width = float(np.log(np.tan(angle) / np.tan(following)))
            ahead = clean if before is None else clean + (clean - before) * (width / last) / 2
            noisy = (
                float(np.sin(following) / np.sin(angle)) * noisy - float(np.cos(following) * np.expm1(-width)) * ahead
            )
            before, last = clean, width
    return clean.permute(0, 1, 3, 4, 2).numpy()


def training(model: FilmUNet, compiled: bool) -> Callable[[int], None]:
    """AdamW, a moving average, gradients cut to norm 1, no frame given; what the prompts say is given encoded."""
    average = [each.detach().clone() for each in model.parameters()]
    adam = torch.optim.AdamW(model.parameters(), pictures.RATE, pictures.BETAS, weight_decay=pictures.DECAY, fused=True)
    rng, shape = np.random.default_rng(0), (clips.FRAMES, clips.CHANNELS, clips.SIDE, clips.SIDE)
    films = torch.tensor(rng.integers(0, 256, (256, *shape)).astype("uint8"))
    states = torch.tensor(rng.standard_normal((clips.BATCH, pictures.LENGTH, pictures.TEXT), dtype="float32"))
    network = torch.compile(model) if compiled else model

    def work(steps: int) -> None:
        for _ in range(steps):
            clean = films[torch.tensor(rng.integers(len(films), size=clips.BATCH))].float() / 127.5 - 1
            noise, angle = torch.randn_like(clean), torch.rand(clips.BATCH, 1) * pictures.MOST_NOISE
            signal, spread = (each[:, :, None, None, None] for each in (angle.cos(), angle.sin()))
            noisy = signal * clean + spread * noise
            seen = torch.cat((noisy, torch.zeros_like(clean[:, :, :1])), 2)
            velocity = velocity_to(network(seen, angle, states, states.mean(1)), noisy, signal, spread)
            loss = F.mse_loss(velocity, signal * noise - spread * clean)
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
            torch._foreach_lerp_(average, [each.detach() for each in model.parameters()], 1 - pictures.AVERAGE)
            loss.item()

    return work


def main(name: str, layout: str, *ways: str) -> None:
    """Serve the bench of that name in the ways that are named."""
    torch.manual_seed(0)
    torch.set_num_threads(THREADS)
    model = FilmUNet()
    if layout == "channels_last":
        model.layout = torch.channels_last
        for kernel in model.kernels.values():
            if kernel.ndim == 4:
                kernel.data = kernel.data.contiguous(memory_format=torch.channels_last)
    if name == "train-clips":
        serve(training(model, "compiled" in ways), warm_up=2)
        return
    model.eval()
    network = torch.compile(model) if "compiled" in ways else model

    def work(steps: int) -> None:
        for _ in range(steps):
            film(network)

    serve(work, warm_up=2, tokens=pictures.eight_bit(film(network)))


if __name__ == "__main__":
    main(*sys.argv[1:])
