"""Autoencoders, adversarial autoencoders, shared-encoding networks and GANs in Keras 3."""
