"""Makes small world models of images with random weights, by the code of those who defined them, and what they give.

    python world_models.py FAMILY FOLDER [CASE]

FAMILY is lewm, pldm or dinowm of stable-worldmodel (0.1.1), or impala of eb_jepa. For each case a folder is made with
config.json as Hydra would instantiate the model, the state dictionary as model.safetensors, and io.safetensors with what
goes in and comes out, all of it calculated by the model's own `encode`, `predict`, `rollout` and `get_cost`. The names
of the cases are printed. `lewm "" full` makes nothing and prints how many parameters encoder, predictor and the whole of a LeWM
in its published size have. The case `fixture` of each family is the one in Fixtures/worldmodels; the case `training` of
dinowm, which has a step of training besides, the one in Fixtures/worldmodels/dinowm_training.

Only the modules of the models are imported: the packages around them need simulators and stores of data.
"""

import importlib.util
import json
import os
import sys
import types

import torch
from safetensors.torch import save_file
from transformers import Dinov2Config, Dinov2Model, ViTConfig, ViTModel


def stand_in(package, *parts):
    """Lets the modules of a package be imported without running its __init__."""
    found = importlib.util.find_spec(package)
    root = list(found.submodule_search_locations)[0]
    for name in (package, *parts):
        module = types.ModuleType(name)
        module.__path__ = [os.path.join(root, *name.split(".")[1:])]
        sys.modules[name] = module


def vit(size="tiny", patch_size=16, image_size=224, use_mask_token=False, pretrained=False, **kwargs):
    """stable_pretraining.backbone.utils.vit_hf without what else that module imports."""
    sizes = {"tiny": (192, 12, 3), "small": (384, 12, 6), "base": (768, 12, 12)}
    width, layers, heads = sizes[size]
    settings = dict(hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
                    intermediate_size=4 * width, image_size=image_size, patch_size=patch_size)
    return ViTModel(ViTConfig(**(settings | kwargs)), add_pooling_layer=False, use_mask_token=use_mask_token)


def dinov2(model_type, **kwargs):
    return Dinov2Model(Dinov2Config(**kwargs))


def build(config):
    """The object that a configuration describes, as hydra.utils.instantiate makes it."""
    if "model_type" in config:
        return dinov2(**config)
    settings = {key: build(value) if isinstance(value, dict) and key != "modules" and "_target_" in value
                or isinstance(value, dict) and "model_type" in value
                else {name: build(part) for name, part in value.items()} if key == "modules" else value
                for key, value in config.items() if key not in ("_target_", "_partial_")}
    path = config["_target_"]
    if path.endswith("vit_hf"):
        return vit(**settings)
    module, name = path.rsplit(".", 1)
    made = getattr(importlib.import_module(module), name)
    return made if config.get("_partial_") else made(**settings)


def randomise(model, generator):
    """Weights of a size that makes every part matter: as made, modulations are zero, gains are one, statistics plain."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            if value.ndim == 1 and (name.endswith("weight") or "lambda" in name):
                value.copy_(1 + 0.3 * noise)
            elif value.ndim == 1:
                value.copy_(0.3 * noise)
            elif "token" in name or "pos" in name:
                value.copy_(0.5 * noise)
            else:
                value.copy_(noise / value[0].numel() ** 0.5)
        for name, value in model.named_buffers():
            if name.endswith("running_mean"):
                value.copy_(0.3 * torch.randn(value.shape, generator=generator))
            elif name.endswith("running_var"):
                value.copy_(0.5 + torch.rand(value.shape, generator=generator))


def lewm(package, actions, history, width, image, patch, vit_width, vit_heads, vit_layers, heads, head, depth, mlp,
         projector, norm="batch", hidden=None, output=None, vit_mlp=None, smoothed=10, scale=4, channels=3, seen=2,
         horizon=5, frames=None):
    """Configuration and shapes of a LeWM or of a PLDM, which have the same networks in stable-worldmodel."""
    base = f"stable_worldmodel.wm.{package}"
    norms = {"batch": {"_target_": "torch.nn.BatchNorm1d", "_partial_": True},
             "layer": {"_target_": "torch.nn.LayerNorm", "_partial_": True}, "none": None}

    def head_of(inputs):
        return {"_target_": f"{base}.module.MLP", "input_dim": inputs, "output_dim": width, "hidden_dim": projector,
                "norm_fn": norms[norm]} if projector else None

    hidden = hidden or width
    output = output or width
    config = {
        "_target_": f"{base}.{'LeWM' if package == 'lewm' else 'PLDM'}",
        "encoder": {"_target_": "stable_pretraining.backbone.utils.vit_hf", "size": "tiny", "patch_size": patch,
                    "image_size": image, "pretrained": False, "use_mask_token": False, "hidden_size": vit_width,
                    "num_attention_heads": vit_heads, "num_hidden_layers": vit_layers,
                    "intermediate_size": vit_mlp or 2 * vit_width, "num_channels": channels},
        "predictor": {"_target_": f"{base}.module.Predictor", "num_frames": history, "input_dim": width,
                      "hidden_dim": hidden, "output_dim": output, "depth": depth, "heads": heads, "mlp_dim": mlp,
                      "dim_head": head, "dropout": 0.0, "emb_dropout": 0.0},
        "action_encoder": {"_target_": f"{base}.module.Embedder", "input_dim": actions, "smoothed_dim": smoothed,
                           "emb_dim": width, "mlp_scale": scale},
        "projector": head_of(vit_width),
        "pred_proj": head_of(output),
    }
    return config, dict(actions=actions, history=history, channels=channels, frames=frames or [image, image],
                        seen=seen, horizon=horizon)


LEWM = {
    "fixture": dict(actions=6, history=3, width=10, image=16, patch=8, vit_width=12, vit_heads=3, vit_layers=2, heads=2,
                    head=8, depth=2, mlp=24, projector=20),
    "one_row": dict(actions=1, history=1, width=8, image=12, patch=4, vit_width=8, vit_heads=2, vit_layers=1, heads=3,
                    head=4, depth=1, mlp=10, projector=7, seen=1, horizon=4),
    "other_widths": dict(actions=15, history=5, width=14, image=28, patch=14, vit_width=18, vit_heads=1, vit_layers=3,
                         heads=5, head=6, depth=3, mlp=30, projector=33, hidden=22, output=16, smoothed=3, scale=2,
                         seen=3, horizon=9),
    "other_frames": dict(actions=4, history=2, width=12, image=24, patch=8, vit_width=16, vit_heads=4, vit_layers=2,
                         heads=1, head=7, depth=2, mlp=16, projector=12, frames=[16, 40], seen=4, horizon=3),
    "long_context_layer_norm": dict(actions=2, history=4, width=9, image=8, patch=4, vit_width=10, vit_heads=2,
                                    vit_layers=1, heads=2, head=5, depth=2, mlp=12, projector=11, norm="layer",
                                    channels=1, seen=6, horizon=6),
    "no_projector_one_wide_head": dict(actions=3, history=3, width=12, image=8, patch=4, vit_width=12, vit_heads=3,
                                       vit_layers=1, heads=1, head=12, depth=2, mlp=20, projector=None, seen=1,
                                       horizon=7),
    "no_norm": dict(actions=5, history=3, width=8, image=8, patch=8, vit_width=8, vit_heads=1, vit_layers=1, heads=2,
                    head=4, depth=1, mlp=8, projector=6, norm="none", seen=3, horizon=2),
}
PLDM = {
    "fixture": LEWM["fixture"] | dict(actions=2, history=2, width=8, heads=3, seen=1),
    "other_widths": LEWM["other_widths"] | dict(history=2, hidden=10, seen=2),
    "long": LEWM["long_context_layer_norm"] | dict(norm="batch", seen=2, horizon=12),
}


def dinowm(extras, history, image, patch, dino_width, dino_heads, dino_layers, heads, head, depth, mlp, trained=None,
           seen=2, horizon=4):
    """Configuration and shapes of a DINO-WM; extras are (name, numbers, width), among them the action."""
    patches = (image // patch) ** 2
    config = {
        "_target_": "stable_worldmodel.wm.prejepa.PreJEPA",
        "encoder": {"model_type": "dinov2", "hidden_size": dino_width, "num_attention_heads": dino_heads,
                    "num_hidden_layers": dino_layers, "mlp_ratio": 2, "patch_size": patch,
                    "image_size": trained or image},
        "predictor": {"_target_": "stable_worldmodel.wm.prejepa.module.CausalPredictor", "num_patches": patches,
                      "num_frames": history, "dim": dino_width + sum(width for _, _, width in extras),
                      "depth": depth, "heads": heads, "mlp_dim": mlp, "dim_head": head, "dropout": 0.0,
                      "emb_dropout": 0.0},
        "extra_encoders": {"_target_": "torch.nn.ModuleDict", "modules": {
            name: {"_target_": "stable_worldmodel.wm.prejepa.module.Embedder", "in_chans": numbers, "emb_dim": width}
            for name, numbers, width in extras}},
        "history_size": history,
    }
    return config, dict(extras=extras, history=history, image=image, patches=patches, seen=seen, horizon=horizon)


DINOWM = {
    "fixture": dict(extras=[("proprio", 3, 2), ("action", 4, 3)], history=3, image=16, patch=8, dino_width=12,
                    dino_heads=3, dino_layers=1, heads=2, head=6, depth=2, mlp=20),
    "action_alone": dict(extras=[("action", 1, 5)], history=2, image=14, patch=14, dino_width=8, dino_heads=2,
                         dino_layers=2, heads=1, head=4, depth=1, mlp=10, seen=1, horizon=5),
    "action_between": dict(extras=[("arm", 7, 4), ("action", 10, 2), ("hand", 2, 3)], history=1, image=24, patch=8,
                           dino_width=15, dino_heads=5, dino_layers=1, heads=3, head=5, depth=3, mlp=12, seen=1),
    "resized": dict(extras=[("proprio", 2, 1), ("action", 6, 4)], history=4, image=32, patch=8, dino_width=10,
                    dino_heads=1, dino_layers=2, heads=2, head=7, depth=2, mlp=18, trained=48, seen=3, horizon=6),
    "one_wide_head": dict(extras=[("action", 3, 2)], history=3, image=8, patch=4, dino_width=6, dino_heads=2,
                          dino_layers=1, heads=1, head=8, depth=2, mlp=9, seen=2, horizon=3),
    # The sizes that our recipe makes of `hidden` 16.
    "training": dict(extras=[("action", 4, 10)], history=3, image=16, patch=4, dino_width=12, dino_heads=3,
                     dino_layers=2, heads=4, head=8, depth=2, mlp=32),
}


def impala(actions, width, size, stacks, blocks=2, layer_norm=False, final_norm=True, channels=3, seen=1, horizon=6):
    config = {
        "_target_": "eb_jepa.jepa.JEPA",
        "encoder": {"_target_": "eb_jepa.architectures.ImpalaEncoder", "stack_sizes": stacks, "num_blocks": blocks,
                    "layer_norm": layer_norm, "input_channels": channels, "final_ln": final_norm,
                    "mlp_output_dim": width, "input_shape": [channels, *size]},
        "predictor": {"_target_": "eb_jepa.architectures.RNNPredictor", "hidden_size": width, "action_dim": actions,
                      "num_layers": 1},
    }
    return config, dict(actions=actions, channels=channels, size=size, seen=seen, horizon=horizon)


IMPALA = {
    "fixture": dict(actions=2, width=12, size=[16, 16], stacks=[3, 4, 5]),
    "sixty_four": dict(actions=10, width=20, size=[64, 64], stacks=[4, 6, 6], blocks=1, horizon=9),
    "odd_sides_plain_norm": dict(actions=1, width=7, size=[33, 21], stacks=[2, 5], blocks=3, layer_norm=True,
                                 channels=2, seen=3),
    "without_last_norm": dict(actions=3, width=9, size=[20, 12], stacks=[4], final_norm=False, channels=1),
}


# The published sizes, with blocks of five actions of two numbers.
FULL = dict(actions=10, history=3, width=192, image=224, patch=14, vit_width=192, vit_heads=3, vit_layers=12, vit_mlp=768,
            heads=16, head=64, depth=6, mlp=2048, projector=2048)


def count(model):
    """Parameters of the encoder, of the predictor, and of both, projectors and the encoder of actions included."""
    def of(*modules):
        return sum(value.numel() for module in modules for value in module.parameters())

    print(of(model.encoder, model.projector), of(model.predictor, model.action_encoder, model.pred_proj), of(model))


def draw(generator, *shape):
    return torch.randn(shape, generator=generator)


def give_lewm(model, shapes, generator):
    """What a LeWM or PLDM gives: embeddings, predictions, a rollout, costs of plans, and a step of training."""
    batch, samples, seen = 2, 3, shapes["seen"]
    size, actions, history = (shapes["channels"], *shapes["frames"]), shapes["actions"], shapes["history"]
    tensors = {}
    frames = draw(generator, batch, history, *size)
    blocks = draw(generator, batch, history, actions)
    with torch.no_grad():
        info = model.encode({"pixels": frames, "action": blocks})
        tensors |= {"frames": frames, "blocks": blocks, "embedding": info["emb"], "action_embedding": info["act_emb"],
                    "predicted": model.predict(info["emb"], info["act_emb"])}
        # All samples of a plan share what has been done.
        past = draw(generator, batch, 1, seen - 1, actions).expand(-1, samples, -1, -1)
        plans = torch.cat([past, draw(generator, batch, samples, shapes["horizon"], actions)], dim=2)
        frames = draw(generator, batch, 1, seen, *size).expand(-1, samples, -1, -1, -1, -1)
        info = model.rollout({"pixels": frames}, plans)
        tensors |= {"rollout.frames": frames[:, 0], "rollout.plans": plans, "rollout.predicted": info["predicted_emb"]}
        # The criterion of LeWM takes one environment at a time.
        goal = draw(generator, 1, 1, 1, *size).expand(-1, samples, -1, -1, -1, -1)
        info = {"pixels": frames[:1], "action": plans[:1, :, :seen], "goal": goal}
        tensors |= {"cost.goal": goal[:, 0], "cost.cost": model.get_cost(info, plans[:1])}
    return tensors


def give_training(model, shapes, generator):
    """One step of LeWM's training: prediction and SIGReg with directions that are given."""
    from stable_worldmodel.wm.loss import SIGReg

    batch, time = 5, shapes["history"] + 1
    frames = draw(generator, batch, time, shapes["channels"], *shapes["frames"])
    blocks = draw(generator, batch, time, shapes["actions"])
    model.train()
    info = model.encode({"pixels": frames, "action": blocks})
    embedding = info["emb"]
    predicted = model.predict(embedding[:, :-1], info["act_emb"][:, :-1])
    prediction = (predicted - embedding[:, 1:]).pow(2).mean()
    directions = draw(generator, embedding.size(-1), 16)
    drawn, torch.randn = torch.randn, lambda *sizes, device=None: directions.clone()
    try:
        regulariser = SIGReg(num_proj=16)(embedding.transpose(0, 1))
    finally:
        torch.randn = drawn
    loss = prediction + 0.09 * regulariser
    loss.backward()
    tensors = {"training.frames": frames, "training.blocks": blocks, "training.embedding": embedding,
               "training.predicted": predicted, "training.directions": directions / directions.norm(dim=0),
               "training.prediction": prediction, "training.regulariser": regulariser, "training.loss": loss}
    for name, value in model.named_parameters():
        tensors[f"gradient.{name}"] = value.grad
    for name, value in model.named_buffers():
        tensors[f"after.{name}"] = value
    model.eval()
    return tensors


def give_dinowm(model, shapes, generator):
    batch, samples, seen, history = 2, 3, shapes["seen"], shapes["history"]
    side = shapes["image"]
    names = [name for name, _, _ in shapes["extras"]]
    numbers = {name: count for name, count, _ in shapes["extras"]}
    others = [name for name in names if name != "action"]
    tensors = {}
    with torch.no_grad():
        info = {"pixels": draw(generator, batch, history, 3, side, side)}
        info |= {name: draw(generator, batch, history, numbers[name]) for name in names}
        tensors |= {"frames": info["pixels"], "blocks": info["action"]}
        tensors |= {f"extra.{index}": info[name] for index, name in enumerate(others)}
        info = model.encode(info)
        tensors |= {"tokens": info["emb"], "predicted": model.predict(info["emb"])}
        past = draw(generator, batch, 1, seen - 1, numbers["action"]).expand(-1, samples, -1, -1)
        plans = torch.cat([past, draw(generator, batch, samples, shapes["horizon"], numbers["action"])], dim=2)

        def shared(*shape):
            return draw(generator, batch, 1, *shape).expand(-1, samples, *[-1] * len(shape))

        info = {"pixels": shared(seen, 3, side, side), "goal": shared(1, 3, side, side), "action": plans[:, :, :seen]}
        for name in others:
            info |= {name: shared(seen, numbers[name]), f"goal_{name}": shared(1, numbers[name])}
        tensors |= {"rollout.frames": info["pixels"][:, 0], "rollout.plans": plans, "cost.goal": info["goal"][:, 0]}
        for index, name in enumerate(others):
            tensors |= {f"rollout.extra.{index}": info[name][:, 0], f"cost.extra.{index}": info[f"goal_{name}"][:, 0]}
        tensors["cost.cost"] = model.get_cost(info, plans)
        tensors["rollout.predicted"] = info["predicted_embedding"]
    return tensors


def give_dinowm_training(model, shapes, generator):
    """One step of DINO-WM's training: frames up to the last but one predict those after them, tokens of the frozen encoder,
    and what is predicted for the action's place counts for nothing. Both for the tokens and for their means over 2 × 2."""
    batch, history, side = 4, shapes["history"], shapes["image"]
    frames = draw(generator, batch, history + 1, 3, side, side)
    blocks = draw(generator, batch, history + 1, 4)
    info = model.encode({"pixels": frames, "action": blocks})
    embedding, tokens = info["emb"], info["pixels_emb"]
    predicted = model.predict(embedding[:, :history])[..., :tokens.size(-1)]
    loss = torch.nn.functional.mse_loss(predicted, tokens[:, 1:].detach())
    loss.backward()
    assert all(value.grad is None for value in model.backbone.parameters())
    rows = tokens.size(2)
    edge = int(rows ** 0.5)
    planes = tokens.flatten(0, 1).transpose(1, 2).unflatten(2, (edge, edge))
    tensors = {"training.frames": frames, "training.blocks": blocks, "training.tokens": tokens,
               "training.predicted": predicted, "training.loss": loss}
    for grid in (1, 2, 3):
        pooled = torch.nn.functional.adaptive_avg_pool2d(planes, grid)
        tensors[f"training.pooled.{grid}"] = pooled.flatten(2).transpose(1, 2).contiguous()
    larger = torch.nn.functional.interpolate(frames.flatten(0, 1), size=(24, 24), mode="bilinear", antialias=True)
    tensors["training.larger"] = model.encode({"pixels": larger.unflatten(0, (batch, history + 1)), "action": blocks})[
        "pixels_emb"]
    for name, value in model.named_parameters():
        if value.grad is not None:
            tensors[f"gradient.{name}"] = value.grad
    return tensors


class Impala(torch.nn.Module):
    """Encoder and predictor as eb_jepa puts them together, with one norm for both."""

    def __init__(self, encoder, predictor):
        super().__init__()
        from eb_jepa.architectures import RNNPredictor
        self.encoder = build(encoder)
        self.predictor = RNNPredictor(final_ln=self.encoder.final_ln,
                                      **{key: value for key, value in predictor.items() if key != "_target_"})


def give_impala(model, shapes, generator):
    batch, seen, horizon = 3, shapes["seen"], shapes["horizon"]
    frames = draw(generator, batch, seen, shapes["channels"], *shapes["size"])
    blocks = draw(generator, batch, seen - 1 + horizon, shapes["actions"])
    with torch.no_grad():
        embedding = model.encoder(frames.transpose(1, 2), None).squeeze(-1).squeeze(-1).transpose(1, 2)
        state = embedding[:, -1, :, None, None, None]
        predicted = []
        for step in range(horizon):
            state = model.predictor(state, blocks[:, seen - 1 + step, :, None])
            predicted.append(state.flatten(1))
    return {"frames": frames, "blocks": blocks, "embedding": embedding, "predicted": torch.stack(predicted, dim=1)}


def main():
    torch.set_num_threads(1)
    family, folder = sys.argv[1:3]
    cases = {"lewm": LEWM, "pldm": PLDM, "dinowm": DINOWM, "impala": IMPALA}[family]
    if family != "impala":
        stand_in("stable_worldmodel", "stable_worldmodel.wm")
    if (family, *sys.argv[3:]) == ("lewm", "full"):
        return count(build(lewm("lewm", **FULL)[0]))
    for seed, (name, settings) in enumerate(cases.items()):
        if len(sys.argv) > 3 and name != sys.argv[3]:
            continue
        generator = torch.Generator().manual_seed(seed)
        if family == "impala":
            config, shapes = impala(**settings)
            model = Impala(config["encoder"], config["predictor"])
        else:
            config, shapes = dinowm(**settings) if family == "dinowm" else lewm(family, **settings)
            model = build(config)
        model.eval()
        randomise(model, generator)
        saved = {key: value.clone().contiguous() for key, value in model.state_dict().items()}
        give = {"dinowm": give_dinowm, "impala": give_impala}.get(family, give_lewm)
        tensors = give(model, shapes, generator)
        if family == "lewm":
            tensors |= give_training(model, shapes, generator)
        if family == "dinowm" and name == "training":
            tensors |= give_dinowm_training(model, shapes, generator)
        place = os.path.join(folder, name)
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, "config.json"), "w") as file:
            json.dump(config, file, indent=1)
            file.write("\n")
        save_file(saved, os.path.join(place, "model.safetensors"))
        save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()},
                  os.path.join(place, "io.safetensors"))
        print(name)


main()
