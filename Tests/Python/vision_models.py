"""Makes small image or video encoders of one family with random weights, as `transformers` saves them, and what they give.

    python vision_models.py FAMILY FOLDER

For each case a folder is made with config.json, the weights, and io.safetensors: images `input.N` and all tokens
`output.N` behind the last norm. For videos there are besides the numbers of tokens `context.N` and `targets.N`, and
what is predicted for them, `predicted.N`. The names of the cases are printed.
"""

import os
import sys

import torch
from safetensors.torch import save_file
from transformers import (
    Dinov2Config, Dinov2ForImageClassification, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel,
    IJepaConfig, IJepaForImageClassification, IJepaModel, ViTConfig, ViTForImageClassification,
    ViTForMaskedImageModeling, ViTModel, VJEPA2Config, VJEPA2Model,
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
# name: configuration, videos as (batch, frames, tokens of context, tokens to predict), number type.
VIDEOS = {
    "plain": (dict(hidden_size=24, num_attention_heads=3, num_hidden_layers=2, crop_size=24, patch_size=8,
                   frames_per_clip=4, pred_hidden_size=32, pred_num_attention_heads=4, pred_num_hidden_layers=2,
                   pred_num_mask_tokens=3), [(1, 4, None, None), (3, 8, 20, 7), (3, 1, 5, 4)], None),
    "no_bias_rest": (dict(hidden_size=50, num_attention_heads=5, num_hidden_layers=3, crop_size=32, patch_size=16,
                          frames_per_clip=6, tubelet_size=3, mlp_ratio=2.5, qkv_bias=False, pred_hidden_size=26,
                          pred_num_attention_heads=2, pred_num_hidden_layers=1, pred_num_mask_tokens=1,
                          pred_mlp_ratio=1.5, hidden_act="gelu_new"), [(3, 6, 6, 2), (1, 12, 1, 15)], None),
    "half": (dict(hidden_size=14, num_attention_heads=1, num_hidden_layers=1, crop_size=12, patch_size=4, in_chans=1,
                  tubelet_size=1, pred_hidden_size=21, pred_num_attention_heads=3, pred_num_hidden_layers=4,
                  layer_norm_eps=1e-3), [(1, 5, 30, 30)], torch.float16),
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
            elif "token" in name or "position" in name:
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


def make_video(folder, config, videos, dtype, seed):
    generator = torch.Generator().manual_seed(seed)
    model = VJEPA2Model(config).eval()
    randomise(model, generator)
    if dtype is not None:
        model = model.to(dtype)
    model.save_pretrained(folder)
    model = model.float()
    tensors = {}
    for index, (batch, frames, context, targets) in enumerate(videos):
        video = torch.randn((batch, frames, config.in_chans, config.crop_size, config.crop_size), generator=generator)
        count = max(frames // config.tubelet_size, 1) * (config.crop_size // config.patch_size) ** 2

        def draw(number):
            orders = [torch.randperm(count, generator=generator)[:number] for _ in range(batch)]
            return torch.stack(orders) if number else torch.arange(count).repeat(batch, 1)

        context, targets = draw(context), draw(targets)
        with torch.no_grad():
            given = model(video, context_mask=[context], target_mask=[targets])
        tensors |= {
            f"input.{index}": video, f"output.{index}": given.last_hidden_state.contiguous(),
            f"context.{index}": context, f"targets.{index}": targets,
            f"predicted.{index}": given.predictor_output.last_hidden_state.contiguous(),
        }
    save_file(tensors, os.path.join(folder, "io.safetensors"))


def main():
    torch.set_num_threads(1)
    if sys.argv[1] == "vjepa2":
        for seed, (name, (settings, videos, dtype)) in enumerate(VIDEOS.items()):
            make_video(os.path.join(sys.argv[2], name), VJEPA2Config(**settings), videos, dtype, seed)
            print(name)
        return
    config_class, model_class, cases, needs_flag = FAMILIES[sys.argv[1]]
    for seed, (name, (settings, images, odd)) in enumerate(cases.items()):
        odd = dict(odd)
        make(os.path.join(sys.argv[2], name), config_class(**settings), odd.pop("model", model_class), images, seed,
             needs_flag, **odd)
        print(name)


main()
