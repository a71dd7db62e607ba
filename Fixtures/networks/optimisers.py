"""Fixtures of optimisers, gradient clipping, schedules and weight averaging: torch's own over 20 steps."""

import torch
from torch import nn
from torch.optim import lr_scheduler
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from fixturelib import Draw, save

STEPS = 20


def descend(name, make):
    """Parameters before, a fixed sequence of gradients, and the parameters after each step."""
    draw = Draw(30)
    starts = {"a": draw.normal(4, 3), "b": draw.normal(5)}
    gradients = {"a": draw.normal(STEPS, 4, 3), "b": draw.normal(STEPS, 5, scale=0.3)}
    parameters = {key: nn.Parameter(value.clone()) for key, value in starts.items()}
    optimiser = make(parameters)
    path = {key: [] for key in parameters}
    for step in range(STEPS):
        for key, parameter in parameters.items():
            parameter.grad = gradients[key][step].clone()
        optimiser.step()
        for key, parameter in parameters.items():
            path[key].append(parameter.detach().clone())
    tensors = {f"start.{key}": value for key, value in starts.items()}
    tensors |= {f"gradient.{key}": value for key, value in gradients.items()}
    tensors |= {f"path.{key}": torch.stack(value) for key, value in path.items()}
    save(name, tensors)


def optimisers():
    descend("adamw", lambda p: torch.optim.AdamW(p.values(), lr=1e-2, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1))
    descend("adamw_groups", lambda p: torch.optim.AdamW(
        [{"params": [p["a"]], "lr": 3e-2, "weight_decay": 0.2}, {"params": [p["b"]], "lr": 5e-3, "weight_decay": 0.0}],
        betas=(0.9, 0.999), eps=1e-8))
    descend("sgd", lambda p: torch.optim.SGD(p.values(), lr=1e-2))
    descend("sgd_decay", lambda p: torch.optim.SGD(p.values(), lr=1e-2, weight_decay=0.1))
    descend("sgd_momentum", lambda p: torch.optim.SGD(p.values(), lr=1e-2, momentum=0.9, weight_decay=0.05))
    descend("sgd_nesterov", lambda p: torch.optim.SGD(p.values(), lr=1e-2, momentum=0.8, nesterov=True,
                                                      weight_decay=0.05))
    descend("sgd_groups", lambda p: torch.optim.SGD(
        [{"params": [p["a"]], "lr": 3e-2}, {"params": [p["b"]], "lr": 5e-3, "weight_decay": 0.1}], momentum=0.9))


def clipping():
    draw = Draw(31)
    gradients = {"a": draw.normal(4, 3), "b": draw.normal(5)}
    tensors = {f"gradient.{key}": value.clone() for key, value in gradients.items()}
    for name, limit in (("tight", 0.5), ("loose", 100.0)):
        parameters = {key: nn.Parameter(torch.zeros_like(value)) for key, value in gradients.items()}
        for key, parameter in parameters.items():
            parameter.grad = gradients[key].clone()
        tensors[f"{name}.norm"] = torch.nn.utils.clip_grad_norm_(parameters.values(), limit)
        tensors |= {f"{name}.{key}": parameter.grad for key, parameter in parameters.items()}
    parameters = {key: nn.Parameter(torch.zeros_like(value)) for key, value in gradients.items()}
    for key, parameter in parameters.items():
        parameter.grad = gradients[key].clone()
    torch.nn.utils.clip_grad_value_(parameters.values(), 0.4)
    tensors |= {f"value.{key}": parameter.grad for key, parameter in parameters.items()}
    save("clipping", tensors)


def schedules():
    """The rate used at each of 40 steps, from torch's own schedulers."""
    def rates(make, steps=40):
        parameter = nn.Parameter(torch.zeros(1))
        optimiser = torch.optim.SGD([parameter], lr=0.1)
        schedule, values = make(optimiser), []
        for _ in range(steps):
            values.append(optimiser.param_groups[0]["lr"])
            optimiser.step()
            schedule.step()
        return torch.tensor(values, dtype=torch.float64)

    def warm_up(optimiser, steps, after):
        first = lr_scheduler.LinearLR(optimiser, start_factor=1 / steps, total_iters=steps - 1)
        return lr_scheduler.SequentialLR(optimiser, [first, after(optimiser)], milestones=[steps])

    save("schedules", {
        "constant": rates(lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
        "constant_warm_up": rates(lambda o: warm_up(o, 8, lambda o: lr_scheduler.ConstantLR(o, factor=1.0))),
        "linear": rates(lambda o: lr_scheduler.LinearLR(o, start_factor=1.0, end_factor=0.1, total_iters=30)),
        "cosine": rates(lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=39, eta_min=0.001)),
        "cosine_warm_up": rates(lambda o: warm_up(
            o, 8, lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=31, eta_min=0.001))),
    })


def averages():
    draw = Draw(32)
    module = draw.fill(nn.Linear(4, 3))
    averaged = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(0.9))
    averaged.update_parameters(module)  # The first call copies.
    steps = [{key: draw.normal(*value.shape) for key, value in module.state_dict().items()} for _ in range(STEPS)]
    tensors = {f"start.{key}": value.clone() for key, value in module.state_dict().items()}
    for values in steps:
        module.load_state_dict(values)
        averaged.update_parameters(module)
    for key in module.state_dict():
        tensors[f"values.{key}"] = torch.stack([values[key] for values in steps])
        tensors[f"average.{key}"] = averaged.module.state_dict()[key]
    save("moving_average", tensors)


def main():
    optimisers()
    clipping()
    schedules()
    averages()


if __name__ == "__main__":
    main()
