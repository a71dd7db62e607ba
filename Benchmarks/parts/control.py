"""Closed-loop control by model-predictive control: our solver `sqp` beside do-mpc with IPOPT, on the same equations."""

import json

from parts.cold import summary

WHAT = {
    "masses": "oscillating masses, 4 states, limits, horizon 7, a decision in closed loop",
    "reactor": "stirred reactor, temperature between limits that bind, horizon 20, a decision in closed loop",
}


def ask(side, number):
    """One episode: the seconds of each decision, its cost, and by how much a limit was crossed."""
    side.write(f"episode {number}")
    line = side.process.stdout.readline()
    if not line:
        raise RuntimeError("a side of a comparison has ended")
    return json.loads(line)


def run(bench, results, options):
    if not (bench.VENV / "installed").exists():
        return bench.say("control: left out, do-mpc is not there")
    for plant in WHAT:
        own = bench.Side([bench.BUILT / "control-speed", plant])
        for kind in ("plain", "compiled"):
            name = f"control.{plant}.{kind}"
            try:
                # Stops when the plant there moves otherwise than here.
                theirs = bench.Side(
                    [bench.python(), bench.HERE / "peers" / "control.py", kind], hello=json.dumps(own.hello),
                    OMP_NUM_THREADS="1")
            except (RuntimeError, ValueError) as error:
                bench.say(f"{name}: left out, {error}")
                continue
            results["comparisons"][name] = compare(bench, results, options, name, own, theirs)
            theirs.close()
        own.close()


def compare(bench, results, options, name, own, theirs):
    """Episodes in turns. A round's time is the median of its decisions."""
    starts = len(own.hello["starts"])
    for number in range(2):
        ask(own, number), ask(theirs, number)
    watch, pairs, decisions, costs, worst = bench.Watch(), [], ([], []), {}, [0.0, 0.0]
    certified = []
    for number in range(max(2 * starts, options.rounds)):
        found = [None, None]
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            found[side] = ask((own, theirs)[side], number % starts)
            decisions[side].extend(found[side]["seconds"])
            worst[side] = max(worst[side], found[side]["violation"])
        pairs.append(tuple(bench.median(answer["seconds"]) for answer in found))
        costs[number % starts] = found[0]["cost"] / found[1]["cost"]
        certified.append(found[0]["certified"])
    entry = summary(bench, pairs, watch)
    entry["what"], entry["threads"] = WHAT[own.hello["plant"]], 1
    entry["peer"] = f"do-mpc {theirs.hello['do_mpc']} with IPOPT" + (
        ", compiled" if name.endswith("compiled") else "")
    for side, text in enumerate(("ours", "theirs")):
        entry[f"{text}_p95"], entry[f"{text}_worst"] = bench.quantile(decisions[side], 0.95), max(decisions[side])
        entry[f"{text}_violation"] = worst[side]
    entry["cost_ratio"], entry["worst_cost_ratio"] = bench.median(list(costs.values())), max(costs.values())
    entry["certified"] = sum(certified) / len(certified)
    entry["operations"], entry["bytes"] = own.hello["operations"], 0
    entry["roofline"] = bench.floor(entry, results["machine"], 1)
    bench.tell(name, entry)
    bench.say(
        f"{name}: 95 % {entry['ours_p95'] * 1e3:.2f} and {entry['theirs_p95'] * 1e3:.2f} ms, worst "
        f"{entry['ours_worst'] * 1e3:.2f} and {entry['theirs_worst'] * 1e3:.2f} ms; cost ours / theirs "
        f"{entry['cost_ratio']:.4f}, at most {entry['worst_cost_ratio']:.4f}; limits crossed by "
        f"{worst[0]:.1e} and {worst[1]:.1e}; certified {100 * entry['certified']:.0f} %")
    if entry["worst_cost_ratio"] > 1.01:
        bench.say(f"{name}: ours costs more than 1 % above theirs: nothing follows from the time")
    return entry
