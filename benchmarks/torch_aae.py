"""Plain PyTorch training of the recipe aae-gaussian: two phases, an Adam each."""

import torch
from torch import nn
from torch.nn import functional

from benchmarks import torch_loop

LATENT_DIM, SLOPE, MATCHING_WEIGHT = 2, 0.2, 78.4


class Autoencoder(nn.Module):
    """Autoencoder 784-256-64-2-64-256-784."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, 256), nn.LeakyReLU(SLOPE),
            nn.Linear(256, 64), nn.LeakyReLU(SLOPE),
            nn.Linear(64, LATENT_DIM),
        )  # fmt: skip
        self.decoder = nn.Sequential(
            nn.Linear(LATENT_DIM, 64), nn.ReLU(),
            nn.Linear(64, 256), nn.ReLU(),
            nn.Linear(256, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28)),
        )  # fmt: skip


def epochs(images):
    """Prepare epochs of discrimination, then regularized reconstruction."""
    return torch_loop.epochs(images, _networks, _step)


def _networks():
    discriminator = nn.Sequential(
        nn.Linear(LATENT_DIM, 128), nn.ReLU(),
        nn.Linear(128, 128), nn.ReLU(),
        nn.Linear(128, 1),
    )  # fmt: skip
    return {"autoencoder": Autoencoder(), "discriminator": discriminator}


def _step(modules, optimizers, x):
    autoencoder, discriminator = modules["autoencoder"], modules["discriminator"]
    # The encoder stays as it is until the second phase, so its codes do for both.
    z = autoencoder.encoder(x)
    real = discriminator(torch.randn_like(z))
    fake = discriminator(z.detach())
    discrimination = (
        functional.softplus(-real).mean() + functional.softplus(fake).mean()
    )
    torch_loop.descend(optimizers["discriminator"], discrimination)

    error = (x - autoencoder.decoder(z)).pow(2).sum() / len(x)
    penalty = functional.softplus(-discriminator(z)).mean()
    loss = error + MATCHING_WEIGHT * penalty
    torch_loop.descend(optimizers["autoencoder"], loss)
    return loss
