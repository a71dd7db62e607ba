#!/usr/bin/env python3
"""Fits the zone and the heat pump of Sources/Plants/Industry/Building.swift to recorded days.

    python scripts/fit_building.py FOLDER

FOLDER holds the one-day records of the hardware-in-the-loop heat pump of NIST and Drexel University (MIT, github.com/
ZhelunChen/HILFT-ASHP-DEMO) as Location_Scenario_Case.csv. Days under rule-based control are fitted, days under
predictive control are left out and judge the fit: from the first minute on, the recorded stages of the compressor run
the model for the whole day. Needs numpy and scipy.
"""

import csv
import glob
import os
import sys

import numpy as np
from scipy.optimize import least_squares

MINUTES = 1440
HOURS = (np.arange(MINUTES) + 1) / 60
# Thermal storage and the 2019 envelope are other buildings; winter days heat.
LEFT_OUT = ("TES", "STD2019", "ExtrmWin")


def celsius(fahrenheit):
    return (fahrenheit - 32) / 1.8


def read(path):
    with open(path) as file:
        rows = list(csv.reader(file))
    place = {name: index for index, name in enumerate(rows[0])}
    column = lambda name: np.array([float(row[place[name]]) for row in rows[1:]])
    present = [name for name in place if name.startswith("occ") and name.endswith("_pres")]
    zones = [name.replace("_pres", "_zn") for name in present]
    flow, outdoor_unit = column("sa_flow"), column("od_power")
    return {
        "zone": celsius(column("zn_temp_sim")),
        "chamber": celsius(column("zn_temp")),
        "supply": celsius(column("sa_temp")),
        "outdoor": celsius(column("oa_temp_sim")),
        "outdoor_chamber": celsius(column("oa_temp")),
        "flow": flow,
        "power": (outdoor_unit + column("id_power")) / 1000,
        "stage": np.where(outdoor_unit > 500, np.where(flow > 870, 2, 1), 0),
        "people": sum((column(a) > 0) & (column(b) == 1) for a, b in zip(present, zones)).astype(float),
    }


def weather(name):
    location, _, case = name.split("_")
    return location + {"ExtrmSum": " extreme", "TypShldr": " shoulder"}.get(case, " typical")


def machine(days):
    """Sensible capacity and power of a stage that has run for five minutes, by outdoor and indoor temperature."""
    rows = []
    for day in days.values():
        run = 0
        for i in range(1, MINUTES):
            run = run + 1 if day["stage"][i] == day["stage"][i - 1] > 0 else 0
            if run >= 5 and day["supply"][i] < day["chamber"][i]:
                capacity = 0.2931 * 1.08 * 1.8 * day["flow"][i] * (day["chamber"][i] - day["supply"][i]) / 1000
                rows.append((day["stage"][i], day["outdoor_chamber"][i] - 30, day["chamber"][i] - 25, capacity,
                             day["power"][i]))
    rows = np.array(rows)
    result = {}
    for stage in (1, 2):
        part = rows[rows[:, 0] == stage]
        inputs = np.c_[np.ones(len(part)), part[:, 1:3]]
        for column, what in ((3, "capacity"), (4, "power")):
            fit = np.linalg.lstsq(inputs, part[:, column], rcond=None)[0]
            error = (part[:, column] - inputs @ fit).std()
            result[what, stage] = fit
            print(f"stage {stage} {what}: {fit.round(4)} kW, per K outdoors over 30, per K indoors over 25; "
                  f"{len(part)} min, rms {error:.3f} kW")
    return result


def stack(days, names):
    columns = {key: np.stack([days[name][key] for name in names], 1) for key in next(iter(days.values()))}
    columns["weather"] = np.array([[weather(name) == one for one in WEATHER] for name in names], float)
    return columns


def sun(peak, width):
    return np.maximum(0, np.cos(np.pi * (HOURS - peak) / width)) * (np.abs(HOURS - peak) < width / 2)


def simulate(p, data, fits):
    air, mass, between, out_air, out_mass = np.exp(p[:5])
    base, person, peak, width, into_mass, share, delay, start = p[5:13]
    solar = sun(peak, width)[:, None] * (data["weather"] @ p[13:])[None]
    t, m, q = data["zone"][0].copy(), data["zone"][0] + start, 0 * data["zone"][0]
    result = [t]
    for i in range(MINUTES - 1):
        outdoor, stage = data["outdoor"][i], data["stage"][i]
        one = fits["capacity", 1] @ np.array([1 + 0 * t, outdoor - 30, t - 25])
        two = fits["capacity", 2] @ np.array([1 + 0 * t, outdoor - 30, t - 25])
        q = q + (share * np.where(stage == 1, one, np.where(stage == 2, two, 0)) - q) * (1 - np.exp(-1 / delay))
        gains = base + person * data["people"][i]

        def rates(t, m):
            return (
                (between * (m - t) + out_air * (outdoor - t) + gains + (1 - into_mass) * solar[i] - q) / air / 60,
                (between * (t - m) + out_mass * (outdoor - m) + into_mass * solar[i]) / mass / 60)

        first = rates(t, m)
        second = rates(t + first[0] / 2, m + first[1] / 2)
        t, m = t + second[0], m + second[1]
        result.append(t)
    return np.stack(result)


def main():
    global WEATHER
    paths = sorted(glob.glob(os.path.join(sys.argv[1], "*_*_*.csv")))
    days = {os.path.basename(path)[:-4]: read(path) for path in paths
            if not any(word in path for word in LEFT_OUT)}
    WEATHER = sorted({weather(name) for name in days})
    judged = [name for name in days if name.endswith("_MPC")]
    fitted = [name for name in days if name not in judged]
    fits = machine({name: days[name] for name in fitted})
    data, held = stack(days, fitted), stack(days, judged)
    start = np.r_[np.log([0.5, 6, 0.5, 0.15, 0.08]), 0.7, 0.12, 11, 12.5, 0.9, 0.78, 1.3, 0.6, np.full(len(WEATHER), 2)]
    low = np.r_[np.log([0.05, 0.5, 0.02, 0.005, 0.001]), 0, 0.05, 9, 8, 0, 0.4, 0.1, -3, np.zeros(len(WEATHER))]
    high = np.r_[np.log([5, 60, 5, 1, 1]), 3, 0.2, 17, 18, 1, 1.2, 10, 4, np.full(len(WEATHER), 9)]
    fit = least_squares(lambda p: (simulate(p, data, fits) - data["zone"])[::5].ravel(), start, bounds=(low, high),
                        x_scale="jac", max_nfev=40)
    print("air, mass [kWh/K]; mass-air, outdoors-air, outdoors-mass [kW/K]:", np.exp(fit.x[:5]).round(4))
    print("base, person [kW]; sun's peak, width [h]; part into mass; share of capacity; lag [min]; mass at start [K]:",
          fit.x[5:13].round(4))
    print("sun [kW]:", dict(zip(WEATHER, fit.x[13:].round(3))))
    for what, part, names in (("fitted", data, fitted), ("left out", held, judged)):
        error = simulate(fit.x, part, fits) - part["zone"]
        spread = part["zone"] - part["zone"].mean(0)
        power = np.select([part["stage"] == 1, part["stage"] == 2], [
            fits["power", s][0] + fits["power", s][1] * (part["outdoor"] - 30) + fits["power", s][2] * (part["zone"] - 25)
            for s in (1, 2)], 0.0153)
        energy = np.abs(power.sum(0) / part["power"].sum(0) - 1)
        print(f"{what}: {len(names)} days, zone over 24 h rms {np.sqrt((error ** 2).mean()):.3f} K (spread "
              f"{np.sqrt((spread ** 2).mean()):.3f} K, greatest error {np.abs(error).max():.2f} K), energy of a day "
              f"within {100 * energy.mean():.1f} % on average, {100 * energy.max():.1f} % at most")


main()
