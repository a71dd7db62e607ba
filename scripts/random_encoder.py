"""Makes the small DINOv2 with random weights that Documentation/pixels.md reports a frozen encoder with.

    python scripts/random_encoder.py FOLDER
    foresight import FOLDER --out ENCODER

Needs torch and Hugging Face's transformers; nothing is downloaded. Matrices are drawn so that they keep the size of what goes in,
positions with a deviation of 0.3; everything else is as transformers makes it, but that branches are not scaled down.
"""

import sys

import torch
from transformers import Dinov2Config, Dinov2Model


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    # The class token, which patches attend to, is drawn by torch's own generator.
    torch.manual_seed(0)
    model = Dinov2Model(Dinov2Config(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, mlp_ratio=2,
                                     patch_size=8, image_size=64, layerscale_value=1.0))
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.ndim >= 2 and "token" not in name and "pos" not in name:
                value.copy_(torch.randn(value.shape, generator=generator) / value[0].numel() ** 0.5)
            elif "pos" in name:
                value.copy_(0.3 * torch.randn(value.shape, generator=generator))
    model.save_pretrained(sys.argv[1])


main()
