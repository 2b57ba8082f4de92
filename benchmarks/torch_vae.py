"""Plain PyTorch training of the VAEs."""

import torch
from torch import nn
from torch.nn import functional

from benchmarks import torch_loop


class Dense(nn.Module):
    """Dense VAE 784-500-2-500-784."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 500), nn.ReLU())
        self.z_mean, self.z_log_var = nn.Linear(500, 2), nn.Linear(500, 2)
        self.decoder = nn.Sequential(
            nn.Linear(2, 500), nn.ReLU(), nn.Linear(500, 784),
            nn.Unflatten(1, (1, 28, 28)),
        )  # fmt: skip

    def forward(self, x):
        """Return logits, and the mean and log-variance of the code."""
        h = self.encoder(x)
        z_mean, z_log_var = self.z_mean(h), self.z_log_var(h)
        z = z_mean + torch.exp(z_log_var / 2) * torch.randn_like(z_mean)
        return self.decoder(z), z_mean, z_log_var


class Conv(Dense):
    """Convolutional VAE, 4x4, stride 2: 28-14-7 and back; padding 1 is `same` in Keras."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 32, 4, 2, 1), nn.ReLU(),
            nn.Conv2d(32, 64, 4, 2, 1), nn.ReLU(), nn.Flatten(),
        )  # fmt: skip
        width = 64 * 7 * 7
        self.z_mean, self.z_log_var = nn.Linear(width, 2), nn.Linear(width, 2)
        self.decoder = nn.Sequential(
            nn.Linear(2, width), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
            nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(),
            nn.ConvTranspose2d(32, 1, 4, 2, 1),
        )  # fmt: skip


def epochs(images, network="dense"):
    """Epochs of one phase."""
    family = {"dense": Dense, "conv": Conv}[network]
    return torch_loop.epochs(images, lambda: {"vae": family()}, _step)


def _step(modules, optimizers, x):
    logits, z_mean, z_log_var = modules["vae"](x)
    nll = functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + z_log_var - z_mean.pow(2) - z_log_var.exp())
    loss = (nll + kl) / len(x)
    torch_loop.descend(optimizers["vae"], loss)
    return loss
