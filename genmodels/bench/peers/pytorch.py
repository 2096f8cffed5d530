"""PyTorch, eager: the networks of `vae` and `gan` with their default knobs, and the loop that its tutorials teach.

Started as `python -m genmodels.bench.peers.pytorch train-vae contiguous`, in an environment that has PyTorch alone.
The GAN draws its fakes once and shows them to the discriminator twice, detached for its own step and again for the
generator's, as the DCGAN tutorial does; "our-step" takes both gradients from one showing, as `genmodels` does.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from genmodels.bench.turns import THREADS, serve

SIZE, CHANNELS, BATCH, LATENT, WIDTHS = 32, 3, 64, 64, (32, 64, 128)


class PixelNorm(nn.Module):
    """RMSNorm over the channels of (n, channels, height, width), with a learned gain."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Pixels (n, channels, height, width) over their root mean square, times the gain."""
        if x.is_contiguous(memory_format=torch.channels_last):
            return F.rms_norm(x.permute(0, 2, 3, 1), self.gain.shape, self.gain, 1e-6).permute(0, 3, 1, 2)
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6) * self.gain[:, None, None]


class Decoder(nn.Sequential):
    """Ends with a learned map of log scales, as wide as the picture."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__(*layers)
        self.log_scale = nn.Parameter(torch.full((CHANNELS, SIZE, SIZE), -2.0))

    def forward(self, latents: Tensor) -> Tensor:
        """Pictures (n, channels, height, width) of latents (n, latent)."""
        for layer in self:
            latents = layer(latents)
        return latents


def up(channels: int, filters: int) -> nn.Module:
    """A convolution that doubles the side."""
    return nn.ConvTranspose2d(channels, filters, 4, 2, 1)


def encoder() -> nn.Sequential:
    """Pictures to the mean and the logarithm of the variance of latents, side by side (n, 2 latent)."""
    layers: list[nn.Module] = []
    channels = CHANNELS
    for filters in WIDTHS:
        layers += [nn.Conv2d(channels, filters, 4, 2, 1), nn.SiLU()]
        channels = filters
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * channels, 256), nn.SiLU(), nn.Linear(256, 2 * LATENT))


def decoder() -> Decoder:
    """Latents to pictures, with as many weights as ours has."""
    layers = [
        nn.Linear(LATENT, 256),
        nn.SiLU(),
        nn.Linear(256, 16 * WIDTHS[-1]),
        nn.SiLU(),
        nn.Unflatten(1, (WIDTHS[-1], 4, 4)),
    ]
    for channels, filters in zip(WIDTHS[:0:-1], WIDTHS[-2::-1], strict=True):
        layers += [up(channels, filters), nn.SiLU()]
    return Decoder(*layers, up(WIDTHS[0], CHANNELS))


def generator() -> nn.Sequential:
    """The generator of the GAN, with as many weights as ours has."""
    layers: list[nn.Module] = [nn.Linear(LATENT, 16 * WIDTHS[-1]), nn.Unflatten(1, (WIDTHS[-1], 4, 4))]
    for channels, filters in zip(WIDTHS[::-1], (*WIDTHS[-2::-1], CHANNELS), strict=True):
        layers += [PixelNorm(channels), nn.LeakyReLU(0.2), up(channels, filters)]
    return nn.Sequential(*layers, nn.Sigmoid())


def discriminator() -> nn.Sequential:
    """The discriminator of the GAN: pictures to scores (n, 1)."""
    layers: list[nn.Module] = []
    channels = CHANNELS
    for filters in WIDTHS:
        layers += [nn.Conv2d(channels, filters, 4, 2, 1), nn.LeakyReLU(0.2)]
        channels = filters
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * channels, 1))


def logistic_in_levels(images: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """Log probability of 8-bit values under a logistic cut into 256 levels."""
    sharpness = torch.exp(-log_scale.clamp(-7.0, 2.0))
    upper, lower = (images - mean + 0.5 / 255) * sharpness, (images - mean - 0.5 / 255) * sharpness
    darkest, lightest = images < 0.25 / 255, images > 1 - 0.25 / 255
    below = F.softplus(-upper).masked_fill(lightest, 0.0)
    above = F.softplus(lower).masked_fill(darkest, 0.0)
    between = torch.log(-torch.expm1(-sharpness / 255)).expand_as(images).masked_fill(darkest | lightest, 0.0)
    return between - below - above


def augment(x: Tensor) -> Tensor:
    """Colour, shift by up to an eighth, cut a square of half the size (Zhao et al. 2020), by gathering."""
    n = len(x)
    x = 2 * x - 1 + (torch.rand(n, 1, 1, 1) - 0.5) * 0.5
    grey = x.mean(1, keepdim=True)
    x = (x - grey) * (torch.rand(n, 1, 1, 1) * 2) + grey
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * (torch.rand(n, 1, 1, 1) + 0.5) + mean
    pictures, pixels = torch.arange(n)[:, None, None], torch.arange(SIZE)
    down, right = (torch.randint(-(SIZE // 8), SIZE // 8 + 1, (n, 1)) for _ in range(2))
    rows, columns = ((pixels + by + 1).clamp(0, SIZE + 1) for by in (down, right))
    x = F.pad(x, (1, 1, 1, 1)).permute(0, 2, 3, 1)[pictures, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    top, left = (torch.randint(-(SIZE // 2), SIZE, (n, 1)) for _ in range(2))
    within_rows, within_columns = ((pixels >= at) & (pixels < at + SIZE // 2) for at in (top, left))
    kept = ~(within_rows[:, :, None] & within_columns[:, None, :])
    return (x * kept[:, None] + 1) / 2


def vae_step(layout: torch.memory_format, fused: bool) -> Callable[[Tensor], None]:
    """A step of training of the VAE; `fused` takes the fused optimizer."""
    networks = [network.to(memory_format=layout) for network in (encoder(), decoder())]
    optimizer = torch.optim.Adam([p for network in networks for p in network.parameters()], 1e-3, fused=fused)

    def step(images: Tensor) -> None:
        mean, log_variance = networks[0](2 * images - 1).chunk(2, 1)
        log_variance = log_variance.clamp(-20.0, 10.0)
        latents = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        decoded = networks[1](latents)
        log_likelihood = logistic_in_levels(images, decoded, networks[1].log_scale).sum((1, 2, 3)).mean()
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()
        loss = kl - log_likelihood
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def gan_step(layout: torch.memory_format, fused: bool, once: bool) -> Callable[[Tensor], None]:
    """A step of training of the GAN; `once` draws the fakes once for both networks, as ours does."""
    draws, scores = generator().to(memory_format=layout), discriminator().to(memory_format=layout)
    average = copy.deepcopy(draws)
    optimizers = [torch.optim.Adam(net.parameters(), 2e-4, betas=(0.5, 0.999), fused=fused) for net in (draws, scores)]

    def tutorial(images: Tensor) -> None:
        fakes = draws(torch.randn(BATCH, LATENT))
        optimizers[1].zero_grad()
        (F.softplus(-scores(augment(images))).mean() + F.softplus(scores(augment(fakes.detach()))).mean()).backward()
        optimizers[1].step()
        optimizers[0].zero_grad()
        F.softplus(-scores(augment(fakes))).mean().backward()
        optimizers[0].step()

    def our_step(images: Tensor) -> None:
        real, fake = scores(augment(images)), scores(augment(draws(torch.randn(BATCH, LATENT))))
        losses = F.softplus(-fake).mean(), F.softplus(-real).mean() + F.softplus(fake).mean()
        for loss, network in zip(losses, (draws, scores), strict=True):
            for parameter, gradient in zip(
                network.parameters(),
                torch.autograd.grad(loss, list(network.parameters()), retain_graph=True),
                strict=True,
            ):
                parameter.grad = gradient
        for optimizer in optimizers:
            optimizer.step()

    def step(images: Tensor) -> None:
        (our_step if once else tutorial)(images)
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(draws.parameters()), 0.005)

    return step


def main(bench: str, *variant: str) -> None:
    """Serve the training of that name, in the variants that are named."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    layout = torch.channels_last if "channels_last" in variant else torch.contiguous_format
    fused = "fused" in variant
    step = vae_step(layout, fused) if bench == "train-vae" else gan_step(layout, fused, "our-step" in variant)
    pictures = torch.rand(2048, CHANNELS, SIZE, SIZE)

    def work(steps: int) -> None:
        for _ in range(steps):
            step(pictures[torch.randint(0, len(pictures), (BATCH,))].contiguous(memory_format=layout))

    serve(work, warm_up=5, version=torch.__version__)


if __name__ == "__main__":
    main(*sys.argv[1:])
