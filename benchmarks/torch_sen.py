"""Plain PyTorch training of the recipe sen-mnist-small: five phases, three Adams."""

import torch
from torch import nn
from torch.nn import functional

from benchmarks import torch_loop

LATENT_DIM, FILTERS, BATCH_SIZE, SLOPE = 32, (8, 16, 32), 4, 0.2
NOISE, DROPOUT, SMOOTHING, BETA_1 = 0.4, 0.2, 0.1, 0.4


def _normalized(width):
    return nn.BatchNorm2d(width), nn.LeakyReLU(SLOPE), nn.Dropout(DROPOUT)


def _encoder():
    first, second, third = FILTERS
    return nn.Sequential(
        nn.Conv2d(1, first, 5, padding=2), nn.LeakyReLU(SLOPE),
        nn.Conv2d(first, second, 5, 2, 2, bias=False), *_normalized(second),
        nn.Conv2d(second, third, 5, 2, 2, bias=False), *_normalized(third),
        nn.Flatten(), nn.Dropout(DROPOUT),
        nn.Linear(49 * third, LATENT_DIM), nn.Sigmoid(),
    )  # fmt: skip


def _decoder():
    _, second, third = FILTERS
    turned = {"stride": 2, "padding": 2, "output_padding": 1, "bias": False}
    return nn.Sequential(
        nn.Linear(LATENT_DIM, 98 * third, bias=False),
        nn.Unflatten(1, (2 * third, 7, 7)), *_normalized(2 * third),
        nn.ConvTranspose2d(2 * third, third, 5, **turned), *_normalized(third),
        nn.ConvTranspose2d(third, second, 5, **turned), *_normalized(second),
        nn.ConvTranspose2d(second, 1, 5, padding=2), nn.Sigmoid(),
    )  # fmt: skip


def _dense(widths, dropout):
    layers = []
    for before, after in zip(widths, widths[1:], strict=False):
        layers += [nn.Linear(before, after), nn.LeakyReLU(SLOPE), nn.Dropout(dropout)]
    return layers


class Sen(nn.Module):
    """Encoder, decoder, generator and discriminator."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = _encoder(), _decoder()
        width = LATENT_DIM
        self.generator = nn.Sequential(
            *_dense((width, width, width), 0.5), nn.Linear(width, width), nn.Sigmoid()
        )
        self.discriminator = nn.Sequential(
            *_dense((width, 256, 256), DROPOUT), nn.Linear(256, 1)
        )

    def error(self, x):
        """Compute the squared error of denoised images."""
        noise = torch.randn_like(x).clamp(-2, 2)
        noisy = (x + NOISE * noise).clamp(0, 1)
        return (x - self.decoder(self.encoder(noisy))).pow(2).sum() / len(x)

    def judged_fakes(self, n):
        """Compute the logits of fake embeddings that are decoded and encoded again."""
        made = self.generator(torch.rand(n, LATENT_DIM))
        return self.discriminator(self.encoder(self.decoder(made)))


def epochs(images):
    """Prepare epochs of autoencoding, generation and discrimination."""
    return torch_loop.epochs(
        images, _networks, _step, 3 * BATCH_SIZE, betas=(BETA_1, 0.999)
    )


def _networks():
    sen = Sen()
    return {
        "all": sen,
        "autoencoding": nn.ModuleList([sen.encoder, sen.decoder]),
        "generation": nn.ModuleList([sen.generator, sen.decoder]),
        "discrimination": nn.ModuleList([sen.discriminator, sen.encoder]),
    }


def _step(modules, optimizers, x):
    sen = modules["all"]
    augmented, generated, judged = x.split(len(x) // 3)[:3]
    torch_loop.descend(optimizers["autoencoding"], sen.error(_dihedral(augmented)))
    torch_loop.descend(optimizers["autoencoding"], sen.error(generated))
    fooling = functional.softplus(-sen.judged_fakes(len(generated))).mean()
    torch_loop.descend(optimizers["generation"], fooling)
    torch_loop.descend(optimizers["autoencoding"], sen.error(judged))
    real = sen.discriminator(sen.encoder(judged))
    fake = sen.judged_fakes(len(judged))
    on_images = (functional.softplus(-real) + SMOOTHING * real).mean()
    loss = on_images + functional.softplus(fake).mean()
    torch_loop.descend(optimizers["discrimination"], loss)
    return loss


def _dihedral(x):
    """Apply a random one of the square's eight symmetries to each image."""
    for axis in (2, 3):
        x = torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(axis), x)
    return torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.transpose(2, 3), x)
