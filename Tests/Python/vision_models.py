"""Makes small image encoders of one family with random weights, as `transformers` saves them, and what they give.

    python vision_models.py FAMILY FOLDER

For each case a folder is made with config.json, the weights, and io.safetensors: images `input.N` and all tokens
`output.N` behind the last norm. The names of the cases are printed.
"""

import os
import sys

import torch
from safetensors.torch import save_file
from transformers import (
    Dinov2Config, Dinov2ForImageClassification, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel,
    IJepaConfig, IJepaForImageClassification, IJepaModel, ViTConfig, ViTForImageClassification,
    ViTForMaskedImageModeling, ViTModel,
)


def shape(batch, height, width, channels=3):
    return (batch, channels, height, width)


# name: configuration, images, and what is unusual: another class, another number type, several files.
VIT = {
    "plain": (dict(hidden_size=24, num_attention_heads=3, num_hidden_layers=2, intermediate_size=40, image_size=32,
                   patch_size=8), [shape(1, 32, 32), shape(3, 48, 40), shape(1, 16, 64), shape(3, 8, 8)], {}),
    "no_bias_rectangle": (dict(hidden_size=30, num_attention_heads=5, num_hidden_layers=1, intermediate_size=70,
                               image_size=[24, 40], patch_size=8, qkv_bias=False, hidden_act="gelu_new"),
                          [shape(3, 24, 40)], dict(resize=False)),
    "one_channel_half": (dict(hidden_size=20, num_attention_heads=1, num_hidden_layers=3, intermediate_size=20,
                              image_size=12, patch_size=4, num_channels=1, layer_norm_eps=1e-3),
                         [shape(1, 12, 12, 1), shape(3, 20, 28, 1)], dict(dtype=torch.float16)),
    "classifier_in_parts": (dict(hidden_size=42, num_attention_heads=7, num_hidden_layers=4, intermediate_size=64,
                                 image_size=48, patch_size=16, hidden_act="silu"),
                            [shape(1, 48, 48), shape(3, 64, 32)],
                            dict(model=ViTForImageClassification, base="vit", shard="40KB")),
    "masked": (dict(hidden_size=16, num_attention_heads=2, num_hidden_layers=1, intermediate_size=24, image_size=16,
                    patch_size=8, encoder_stride=8), [shape(1, 16, 16)],
               dict(model=ViTForMaskedImageModeling, base="vit")),
}
DINOV2 = {
    "plain": (dict(hidden_size=24, num_attention_heads=3, num_hidden_layers=2, image_size=56, patch_size=14),
              [shape(1, 56, 56), shape(3, 70, 42), shape(1, 28, 112), shape(3, 14, 14), shape(1, 112, 98)], {}),
    "gated": (dict(hidden_size=30, num_attention_heads=5, num_hidden_layers=3, image_size=40, patch_size=8,
                   mlp_ratio=3, use_swiglu_ffn=True), [shape(3, 40, 40), shape(1, 48, 24)], {}),
    "no_bias_no_mask": (dict(hidden_size=28, num_attention_heads=7, num_hidden_layers=1, image_size=48, patch_size=16,
                             qkv_bias=False, use_mask_token=False, mlp_ratio=2, layer_norm_eps=1e-2),
                        [shape(1, 48, 48), shape(3, 32, 80)], {}),
    "classifier_brain": (dict(hidden_size=18, num_attention_heads=1, num_hidden_layers=5, image_size=24, patch_size=8),
                         [shape(1, 24, 24), shape(3, 40, 16)],
                         dict(model=Dinov2ForImageClassification, base="dinov2", dtype=torch.bfloat16)),
}
REGISTERS = {
    "none": (dict(hidden_size=24, num_attention_heads=3, num_hidden_layers=1, image_size=56, patch_size=14,
                  num_register_tokens=0), [shape(1, 56, 56), shape(3, 28, 42)], {}),
    "one": (dict(hidden_size=30, num_attention_heads=5, num_hidden_layers=2, image_size=40, patch_size=8,
                 num_register_tokens=1, qkv_bias=False), [shape(3, 40, 40), shape(1, 24, 16), shape(1, 72, 32)], {}),
    "four_gated": (dict(hidden_size=28, num_attention_heads=7, num_hidden_layers=3, image_size=48, patch_size=16,
                        use_swiglu_ffn=True), [shape(1, 48, 48), shape(3, 80, 32), shape(3, 16, 16)],
                   dict(shard="40KB")),
}
IJEPA = {
    "plain": (dict(hidden_size=24, num_attention_heads=3, num_hidden_layers=2, intermediate_size=40, image_size=42,
                   patch_size=14), [shape(1, 42, 42), shape(3, 56, 28), shape(1, 14, 126)], {}),
    "no_bias": (dict(hidden_size=30, num_attention_heads=5, num_hidden_layers=3, intermediate_size=50, image_size=40,
                     patch_size=8, qkv_bias=False, layer_norm_eps=1e-6), [shape(3, 40, 40), shape(1, 24, 64)], {}),
    "rectangle_half": (dict(hidden_size=14, num_attention_heads=7, num_hidden_layers=1, intermediate_size=30,
                            image_size=[16, 48], patch_size=8), [shape(1, 16, 48)],
                       dict(resize=False, dtype=torch.float16)),
    "classifier": (dict(hidden_size=20, num_attention_heads=2, num_hidden_layers=4, intermediate_size=33,
                        image_size=32, patch_size=16), [shape(3, 32, 32), shape(1, 64, 48)],
                   dict(model=IJepaForImageClassification, base="ijepa")),
}
FAMILIES = {
    "vit": (ViTConfig, ViTModel, VIT, True),
    "dinov2": (Dinov2Config, Dinov2Model, DINOV2, False),
    "dinov2_with_registers": (Dinov2WithRegistersConfig, Dinov2WithRegistersModel, REGISTERS, False),
    "ijepa": (IJepaConfig, IJepaModel, IJEPA, True),
}


def randomise(model, generator):
    """Weights of a size that makes every part matter: as made, attention is even, gains are one, biases zero."""
    for name, value in model.named_parameters():
        noise = torch.randn(value.shape, generator=generator)
        with torch.no_grad():
            if value.ndim == 1 and (name.endswith("weight") or "lambda" in name):
                value.copy_(1 + 0.3 * noise)
            elif value.ndim == 1:
                value.copy_(0.3 * noise)
            elif "embeddings." in name and "projection" not in name:
                value.copy_(noise)
            else:
                value.copy_(1.5 * noise / value[0].numel() ** 0.5)


def make(folder, config, model_class, images, seed, needs_flag, base=None, dtype=None, shard="1GB", resize=True):
    generator = torch.Generator().manual_seed(seed)
    model = model_class(config).eval()
    randomise(model, generator)
    if dtype is not None:
        model = model.to(dtype)
    model.save_pretrained(folder, max_shard_size=shard)
    # The reference calculates with what was saved, in single precision.
    encoder = (getattr(model, base) if base else model).float()
    tensors = {}
    for index, size in enumerate(images):
        image = torch.randn(size, generator=generator)
        flags = dict(interpolate_pos_encoding=True) if needs_flag and resize else {}
        with torch.no_grad():
            tensors[f"output.{index}"] = encoder(image, **flags).last_hidden_state.contiguous()
        tensors[f"input.{index}"] = image
    save_file(tensors, os.path.join(folder, "io.safetensors"))


def main():
    torch.set_num_threads(1)
    config_class, model_class, cases, needs_flag = FAMILIES[sys.argv[1]]
    for seed, (name, (settings, images, odd)) in enumerate(cases.items()):
        odd = dict(odd)
        make(os.path.join(sys.argv[2], name), config_class(**settings), odd.pop("model", model_class), images, seed,
             needs_flag, **odd)
        print(name)


main()
