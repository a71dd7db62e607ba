"""The parts of `make bench` by their names, in the order in which they run: functions of results and options."""

from .csv_reading import csv
from .plan import deadline, growth, plan
from .plan_pictures import pictures
from .training import train, train_pictures

PARTS = {
    "plan": plan,
    "plan-pictures": pictures,
    "growth": growth,
    "deadline": deadline,
    "csv": csv,
    "train": train,
    "train-pictures": train_pictures,
}
