"""Plain PyTorch training, after pytorch/examples: preloaded floats, eager steps."""

import torch

BATCH_SIZE = 128


def epochs(images, build, step, batch_size=BATCH_SIZE, betas=(0.9, 0.999)):
    """Prepare epochs of eager steps.

    Args:
        images: Images, uint8 (n, height, width, channels).
        build: Function () -> dict of modules, each with its own Adam.
        step: Function (modules, optimizers, x) -> loss, x floats (batch, channels,
            height, width).
        batch_size: Number of images per step.
        betas: Decay rates of every Adam.
    """
    torch.manual_seed(0)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous().float() / 255
    modules = build()
    optimizers = {
        name: torch.optim.Adam(module.parameters(), lr=1e-3, betas=betas)
        for name, module in modules.items()
    }

    def turn():
        order = torch.randperm(len(x))
        total = 0.0
        for start in range(0, len(x), batch_size):
            batch = x[order[start : start + batch_size]]
            total += step(modules, optimizers, batch).item()
        return total

    unique = {id(p): p for m in modules.values() for p in m.parameters()}
    parameters = sum(p.numel() for p in unique.values())
    threads = torch.get_num_threads()
    return {"epoch": turn}, {
        "parameters": parameters,
        "execution": f"eager, {threads} threads",
    }


def descend(optimizer, loss):
    """Take a step of the optimizer on the loss."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
