"""Makes record_prior.json: `python3 Fixtures/identification/record_prior.py` with numpy.

A heater lab (published energy balances, simulated) is recorded twice, on another day the second time. An ARX model is
fitted on the first record; the second one's deviation from it is estimated by the formulas of Documentation/training.md
in one piece, with matrices over all rows, where Swift goes row by row."""

import json
import pathlib

import numpy as np

STEP, ORDER, RIDGE, HORIZON, SAMPLES = 6, 3, 1e-4, 50, 24
KAPPA, GAIN, LOSS, GATE, BAND = 0.2, 0.15, 0.1, 16, 64


def record(rng, ambient, gains, seconds=600):
    """Temperatures and heaters at one second; each heater's gain is a factor."""
    heaters = np.zeros((seconds, 2))
    for column in range(2):
        at = 0
        while at < seconds:
            hold = int(rng.integers(60, 201))
            heaters[at:at + hold, column] = 0 if rng.random() < 0.2 else rng.uniform(0, 100)
            at += hold
    room = ambient + 273.15
    body = np.array([room, room])
    sensor = body.copy()
    mass, heat, area, between, transfer, emission, boltzmann = 0.004, 500.0, 1e-3, 2e-4, 10.0, 0.9, 5.67e-8
    power = np.array([0.01, 0.0075]) * gains
    measured = np.empty((seconds, 2))
    for k in range(seconds):
        measured[k] = sensor - 273.15 + 0.07 * rng.standard_normal(2)
        for _ in range(4):
            across = transfer * between * (body[1] - body[0]) + emission * boltzmann * between * (
                body[1] ** 4 - body[0] ** 4)
            out = transfer * area * (room - body) + emission * boltzmann * area * (room**4 - body**4)
            sensor = sensor + 0.25 * (body - sensor) / 20
            body = body + 0.25 * (out + np.array([across, -across]) + power * heaters[k]) / (mass * heat)
    rows = seconds // STEP
    return measured[::STEP], heaters.reshape(rows, STEP, 2).mean(1)


def regressors(y, u):
    """[1, y_{t-1}, u_{t-1}, y_{t-2}, u_{t-2}, …]"""
    count = len(y)
    lags = [part[ORDER - lag:count - lag] for lag in range(1, ORDER + 1) for part in (y, u)]
    return np.hstack([np.ones((count - ORDER, 1))] + lags)


def free_run(theta, y, u, limit=np.inf):
    """y (order, 2), u (order - 1 + horizon, 2) from the same row on."""
    past = list(y)
    for k in range(len(u) - ORDER + 1):
        parts = [np.ones(1)]
        for lag in range(1, ORDER + 1):
            parts += [past[k + ORDER - lag], u[k + ORDER - lag]]
        past.append(np.clip(np.concatenate(parts) @ theta, -limit, limit))
    return np.array(past[ORDER:])


def main():
    rng = np.random.default_rng(5)
    trained, applied = record(rng, 23, np.ones(2))
    other, acted = record(rng, 26, np.array([1.15, 0.9]))
    mean, scale, input_mean, input_scale = trained.mean(0), trained.std(0), applied.mean(0), applied.std(0)
    y, u = (trained - mean) / scale, (applied - input_mean) / input_scale
    phi, target = regressors(y, u), y[ORDER:]
    rows, size = phi.shape
    penalty = RIDGE * rows * np.eye(size)
    penalty[0, 0] = 1e-12 * rows
    theta = np.linalg.solve(phi.T @ phi + penalty, phi.T @ target)
    noise = ((target - phi @ theta) ** 2).sum(0) / max(rows - size, 10)
    covariance = np.linalg.inv(phi.T @ phi + RIDGE * rows * np.eye(size))
    is_input = np.array([False] + [False, False, True, True] * ORDER)
    excitation = (phi[:, is_input] @ theta[is_input]).std(0, ddof=1)
    zero = -input_mean / input_scale

    known = 45
    past, pushed = (other[:known] - mean) / scale, (acted - input_mean) / input_scale
    seen = regressors(past, pushed[:known])
    left = past[ORDER:] - seen @ theta
    normals = rng.standard_normal((SAMPLES, 2, size))
    deviation, odds, draws = np.zeros((size, 2)), 0.0, np.zeros((SAMPLES, size, 2))
    for i in range(2):
        same = noise[i] * covariance + 1e-10 * np.eye(size)
        differing = same.copy()
        differing[0, 0] += (KAPPA * excitation[i]) ** 2
        for j in range(2):
            along = np.zeros(size)
            along[3 + j::4] = theta[3 + j::4, i]
            along[0] = -along[3 + j::4].sum() * zero[j]
            differing += GAIN**2 * np.outer(along, along)
        along = np.zeros(size)
        for o in range(2):
            along[1 + o] = theta[1 + o::4, i].sum() - (o == i)
        differing += LOSS**2 * np.outer(along, along)
        whole, eye = seen @ differing @ seen.T, np.eye(len(seen))
        gain = differing @ seen.T
        deviation[:, i] = gain @ np.linalg.solve(whole + noise[i] * eye, left[:, i])
        one, none = whole + GATE * noise[i] * eye, seen @ same @ seen.T + GATE * noise[i] * eye
        odds += 0.5 * (
            left[:, i] @ np.linalg.solve(none, left[:, i]) - left[:, i] @ np.linalg.solve(one, left[:, i])
            + np.linalg.slogdet(none)[1] - np.linalg.slogdet(one)[1])
        after = differing - gain @ np.linalg.solve(whole + BAND * noise[i] * eye, gain.T)
        draws[:, :, i] = normals[:, i] @ np.linalg.cholesky((after + after.T) / 2).T
    weight = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    start, driven = past[-ORDER:], pushed[known - ORDER:known - 1 + HORIZON]
    base, moved = free_run(theta, start, driven), free_run(theta + deviation, start, driven, 8)
    away = np.array([free_run(theta + deviation + draw, start, driven, 8) - moved for draw in draws])
    spread = 1.4826 * np.median(abs(away), axis=0)
    variance = (weight * spread**2 + weight * (1 - weight) * (moved - base) ** 2) * scale**2

    # What the Swift test may judge: the rows that follow, which the estimate did not see.
    fixture = dict(
        order=ORDER, ridge=RIDGE, known=known, trainedOutputs=trained, trainedInputs=applied, outputs=other[:known],
        inputs=acted[:known], ahead=acted[known - 1:known - 1 + HORIZON], truth=other[known:known + HORIZON],
        outputMean=mean, outputScale=scale, inputMean=input_mean, inputScale=input_scale, theta=theta, noise=noise,
        covariance=covariance, excitation=excitation, normals=normals, deviation=deviation, logOdds=odds,
        weight=weight, base=base * scale + mean, change=weight * (moved - base) * scale, variance=variance)
    flat = {
        name: [float(f"{value:.12g}") for value in np.ravel(part)] if isinstance(part, np.ndarray) else part
        for name, part in fixture.items()
    }
    flat["logOdds"], flat["weight"] = float(odds), float(weight)
    text = ",\n".join(f' "{name}": {json.dumps(part)}' for name, part in flat.items())
    (pathlib.Path(__file__).parent / "record_prior.json").write_text("{\n" + text + "\n}\n")
    error = lambda p: np.sqrt(((p - other[known:known + HORIZON]) ** 2).mean(0))
    print("w", weight, "odds", odds, "rmse plain", error(base * scale + mean), "adapted",
          error((base + weight * (moved - base)) * scale + mean), "sd", np.sqrt(variance[-1]))


if __name__ == "__main__":
    main()
