"""Any number of images to codes and back, block by block."""
