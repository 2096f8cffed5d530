"""PyTorch: the U-Net of the benches, the solver that draws with it and the usual loop that trains it.

Started as `python -m genmodels.bench.peers.pytorch_unet sample-image channels_last compiled`, in an environment that has
PyTorch alone. The sampler is DPM-Solver++(2M), step by step, with both halves of the guidance in one batch.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from genmodels.bench import pictures
from genmodels.bench.turns import THREADS, serve


class UNet(nn.Module):
    """Layers by the names of ours; a kernel is made of `pictures.weight` in the layout of PyTorch."""

    def __init__(self) -> None:
        super().__init__()
        self.kernels, self.biases, self.scales = nn.ParameterDict(), nn.ParameterDict(), nn.ParameterDict()
        self.register_buffer("speeds", torch.tensor(pictures.speeds())[None])
        first = pictures.WIDTHS[0]
        self._dense("told_noise", 32, 4 * first)
        self._dense("told_prompt", pictures.TEXT, 4 * first, bias=False)
        self._dense("told", 4 * first, 4 * first)
        self._conv("inward", pictures.FOLD**2 * pictures.CHANNELS, first, 3)
        before = first
        for level, width in enumerate(pictures.WIDTHS):
            if level:
                self._conv(f"down_{level}", before, width, 2)
            self._block(f"in_{level}", width, width, level)
            before = width
        self._block("middle", before, before)
        for level in reversed(range(len(pictures.WIDTHS))):
            width = pictures.WIDTHS[level]
            self._block(f"out_{level}", 2 * width, width, level)
            if level:
                self._conv(f"up_{level}", width, pictures.WIDTHS[level - 1], 2, up=True)
        self._norm("last_norm", first)
        self._conv("outward", first, pictures.FOLD**2 * pictures.CHANNELS, 3)

    def _block(self, name: str, inputs: int, width: int, level: int | None = None) -> None:
        self._norm(f"{name}_first_norm", inputs)
        self._norm(f"{name}_second_norm", width)
        self._dense(f"{name}_told", 4 * pictures.WIDTHS[0], 2 * width)
        self._conv(f"{name}_first", inputs, width, 3)
        self._conv(f"{name}_second", width, width, 3)
        if inputs != width:
            self._conv(f"{name}_through", inputs, width, 1)
        if level is not None:
            self._norm(f"{name}_attention_norm", width)
            sources = {"queries": width, "word_keys": pictures.TEXT, "word_values": pictures.TEXT, "mixed": width}
            for part, size in (sources | ({"place_keys": width, "place_values": width} if level else {})).items():
                self._dense(f"{name}_{part}", size, width, bias=False)

    def _dense(self, name: str, inputs: int, outputs: int, bias: bool = True) -> None:
        self.kernels[name] = nn.Parameter(torch.tensor(pictures.weight(name, (inputs, outputs)).T.copy()))
        if bias:
            self.biases[name] = nn.Parameter(torch.zeros(outputs))

    def _conv(self, name: str, inputs: int, outputs: int, side: int, up: bool = False) -> None:
        shape = (side, side, outputs, inputs) if up else (side, side, inputs, outputs)
        self.kernels[name] = nn.Parameter(torch.tensor(pictures.weight(name, shape).transpose(3, 2, 0, 1).copy()))
        self.biases[name] = nn.Parameter(torch.zeros(outputs))

    def _norm(self, name: str, width: int) -> None:
        self.scales[name] = nn.Parameter(torch.ones(width))

    def dense(self, name: str, x: Tensor) -> Tensor:
        """A dense layer by the name of its weights in our network."""
        return F.linear(x, self.kernels[name], self.biases.get(name, None))

    def conv(self, name: str, x: Tensor, stride: int = 1) -> Tensor:
        """A convolution by the name of its weights in our network; a stride of 2 halves the side."""
        kernel = self.kernels[name]
        return F.conv2d(x, kernel, self.biases[name], stride, 0 if stride > 1 else kernel.shape[-1] // 2)

    def norm(self, name: str, x: Tensor) -> Tensor:
        """Each pixel over its channels, in the way that suits the layout."""
        if self.layout == torch.contiguous_format:
            return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6) * self.scales[name][:, None, None]
        return F.rms_norm(x.permute(0, 2, 3, 1), (x.shape[1],), self.scales[name], 1e-6).permute(0, 3, 1, 2)

    def residual(self, name: str, x: Tensor, told: Tensor) -> Tensor:
        """A residual block, scaled and shifted by what it is told (n, width)."""
        y = self.conv(f"{name}_first", F.silu(self.norm(f"{name}_first_norm", x)))
        scale, shift = self.dense(f"{name}_told", told)[:, :, None, None].chunk(2, 1)
        y = self.norm(f"{name}_second_norm", y) * (1 + scale) + shift
        y = self.conv(f"{name}_second", F.silu(y))
        return y + (self.conv(f"{name}_through", x) if f"{name}_through" in self.kernels else x)

    def attended(self, name: str, x: Tensor, states: Tensor) -> Tensor:
        """x (n, width, height, across) with what it looks up in itself and in `states` of the prompt added."""
        n, width, height, across = x.shape
        own = self.norm(f"{name}_attention_norm", x).permute(0, 2, 3, 1).reshape(n, height * across, width)

        def split(part: str, source: Tensor) -> Tensor:
            return self.dense(f"{name}_{part}", source).view(n, source.shape[1], pictures.HEADS, -1).transpose(1, 2)

        keys, values = split("word_keys", states), split("word_values", states)
        if f"{name}_place_keys" in self.kernels:
            keys, values = (
                torch.cat((keys, split("place_keys", own)), 2),
                torch.cat((values, split("place_values", own)), 2),
            )
        mixed = (
            F.scaled_dot_product_attention(split("queries", own), keys, values)
            .transpose(1, 2)
            .reshape(n, height * across, width)
        )
        return x + self.dense(f"{name}_mixed", mixed).view(n, height, across, width).permute(0, 3, 1, 2)

    def forward(self, noisy: Tensor, angle: Tensor, states: Tensor, mean: Tensor) -> Tensor:
        """Velocity (n, channels, height, width) of noisy pictures at angles (n, 1)."""
        turned = angle @ self.speeds
        told = self.dense("told_noise", torch.cat((turned.sin(), turned.cos()), -1)) + self.dense("told_prompt", mean)
        told = F.silu(self.dense("told", F.silu(told)))
        n, channels, height, width = noisy.shape
        fold = pictures.FOLD
        x = noisy.reshape(n, channels, height // fold, fold, width // fold, fold).permute(0, 3, 5, 1, 2, 4)
        x = self.conv(
            "inward",
            x.reshape(n, fold * fold * channels, height // fold, width // fold).contiguous(memory_format=self.layout),
        )
        skips = []
        for level in range(len(pictures.WIDTHS)):
            x = self.conv(f"down_{level}", x, 2) if level else x
            x = self.attended(f"in_{level}", self.residual(f"in_{level}", x, told), states)
            skips.append(x)
        x = self.residual("middle", x, told)
        for level in reversed(range(len(pictures.WIDTHS))):
            x = self.attended(
                f"out_{level}", self.residual(f"out_{level}", torch.cat((x, skips[level]), 1), told), states
            )
            x = F.conv_transpose2d(x, self.kernels[f"up_{level}"], self.biases[f"up_{level}"], 2) if level else x
        x = self.conv("outward", F.silu(self.norm("last_norm", x)))
        x = x.reshape(n, fold, fold, channels, height // fold, width // fold).permute(0, 3, 4, 1, 5, 2)
        return x.reshape(n, channels, height, width)

    layout = torch.contiguous_format


@torch.inference_mode()
def draw(model: Callable[..., Tensor]) -> np.ndarray:
    """DPM-Solver++(2M) from noise to pictures (PICTURES, SIDE, SIDE, CHANNELS) in [-1, 1]."""
    states, mean = map(torch.tensor, pictures.told())
    noisy = torch.tensor(pictures.noise()).permute(0, 3, 1, 2)
    before, last = None, 0.0
    visits = pictures.angles()
    for angle, following in itertools.pairwise(visits):
        velocity = model(torch.cat((noisy, noisy)), torch.full((2 * pictures.PICTURES, 1), float(angle)), states, mean)
        asked, against = velocity.chunk(2)
        velocity = against + pictures.GUIDANCE * (asked - against)
        clean = (float(np.cos(angle)) * noisy - float(np.sin(angle)) * velocity).clamp(-1, 1)
        if following > 0:
            width = float(np.log(np.tan(angle) / np.tan(following)))
            ahead = clean if before is None else clean + (clean - before) * (width / last) / 2
            noisy = (
                float(np.sin(following) / np.sin(angle)) * noisy - float(np.cos(following) * np.expm1(-width)) * ahead
            )
            before, last = clean, width
    return clean.permute(0, 2, 3, 1).numpy()


def training(model: UNet, compiled: bool) -> Callable[[int], None]:
    """AdamW, a moving average, gradients cut to norm 1; what the prompts say is given encoded."""
    average = [each.detach().clone() for each in model.parameters()]
    adam = torch.optim.AdamW(model.parameters(), pictures.RATE, pictures.BETAS, weight_decay=pictures.DECAY, fused=True)
    rng = np.random.default_rng(0)
    images = torch.tensor(rng.integers(0, 256, (2048, pictures.CHANNELS, pictures.SIDE, pictures.SIDE)).astype("uint8"))
    states = torch.tensor(rng.standard_normal((pictures.BATCH, pictures.LENGTH, pictures.TEXT), dtype="float32"))
    network = torch.compile(model) if compiled else model

    def work(steps: int) -> None:
        for _ in range(steps):
            clean = images[torch.tensor(rng.integers(2048, size=pictures.BATCH))].float() / 127.5 - 1
            noise, angle = torch.randn_like(clean), torch.rand(pictures.BATCH, 1) * pictures.MOST_NOISE
            signal, spread = angle.cos()[:, :, None, None], angle.sin()[:, :, None, None]
            loss = F.mse_loss(
                network(signal * clean + spread * noise, angle, states, states.mean(1)), signal * noise - spread * clean
            )
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
            torch._foreach_lerp_(average, [each.detach() for each in model.parameters()], 1 - pictures.AVERAGE)
            loss.item()

    return work


def main(name: str, layout: str, *ways: str) -> None:
    """Serve the drawing with our network of that name, in the ways that are named."""
    torch.manual_seed(0)
    torch.set_num_threads(THREADS)
    model = UNet()
    if layout == "channels_last":
        model.layout = torch.channels_last
        model = model.to(memory_format=torch.channels_last)
    if name == "train-diffusion":
        serve(training(model, "compiled" in ways), warm_up=3)
        return
    model.eval()
    network = torch.compile(model) if "compiled" in ways else model

    def work(steps: int) -> None:
        for _ in range(steps):
            draw(network)

    serve(work, warm_up=2, tokens=pictures.eight_bit(draw(network)))


if __name__ == "__main__":
    main(*sys.argv[1:])
