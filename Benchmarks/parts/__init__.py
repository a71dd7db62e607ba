"""The parts of `make bench` by their names, in the order in which they run: functions of results and options."""

import bench

from . import cold, control
from .csv_reading import csv
from .growth_train import growth_train
from .plan import deadline, growth, plan
from .plan_pictures import pictures
from .training import train, train_pictures

PARTS = {
    "plan": plan,
    "plan-pictures": pictures,
    "control": lambda results, options: control.run(bench, results, options),
    "cold": lambda results, options: cold.run(bench, results, options),
    "growth": growth,
    "deadline": deadline,
    "csv": csv,
    "train": train,
    "train-pictures": train_pictures,
    "growth-train": growth_train,
}
