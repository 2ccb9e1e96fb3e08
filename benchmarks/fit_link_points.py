"""Fits mappings/link_points.yaml to labelled records: python benchmarks/fit_link_points.py FOLDER [--check]

FOLDER holds businesses.csv (source, id, name, address, town, postcode, crn, website, email, phone), companies_house.csv (company_number,
company_name, postcode, town, status, previous_names) and truth_businesses.csv (source, id, entity, group). A logistic regression over the
levels of jobs/link/levels.py, with and without the register, each level within the bounds below; records of one group stay in one fold when
`--check` measures. Needs scipy beside the project's own packages. It prints the points; what is kept of them is a person's choice.
"""

import argparse
import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from jobs.link.blocks import candidates
from jobs.link.clusters import cluster
from jobs.link.levels import Levels, levels
from jobs.link.prepared import Prepared, corpus, prepare
from jobs.link.records import BusinessRecord
from jobs.link.register import Register, RegisterCompany, link_to_register

REFERENCE = {"crm": "other", "crowd": "one place", "rarity": "known", "name": "other"}
"""Each side's level that weighs nothing; 'none' where nothing is said here."""

BOUNDS = {
    # Labels come from generated damage, which knows no address typed two ways, no second line that is new, no shared mobile. What the
    # labels say beyond these bounds is the generator's habit, not the world's.
    "address": {"same": (0.5, 2.5), "near": (0.5, 1.5), "different": (-2.0, 0.0)},
    "mail": {"own few": (2.0, 4.0), "own many": (0.0, 3.0), "both own": (-1.0, 0.0), "different": (-1.0, 0.0), "office few": (0.3, 2.0)},
    "phone": {"few": (1.0, 3.5), "many": (0.0, 1.5), "different": (-1.0, 0.0)},
    "postcode": {"same": (0.7, 3.0), "district": (0.0, 1.0), "area": (0.0, 1.0), "different": (-2.5, -0.4)},
    "town": {"same": (0.0, 1.5), "different": (-1.5, -0.4)},
    "site": {"same": (0.0, 1.5), "one": (-1.0, 1.0), "different": (-1.5, 1.0)},
    "domain": {"different": (-2.0, 0.0)},
    "number": {
        "same": (3.0, 6.0),
        "different": (-6.0, -4.0),
        "typed same": (1.5, 4.0),
        "typed slip": (0.0, 1.5),
        "typed different": (-4.0, -2.0),
    },
}
SLACK = (-6.0, 6.0)
PENALTY = 1.0


def main() -> None:
    """Reads, fits, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="fit on one half of the groups, measure on the other")
    options = parser.parse_args()
    worlds = [World(options.folder, with_register) for with_register in (False, True)]
    if options.check:
        for threshold in (0.0, 0.5, 1.0, 2.0):
            for world in worlds:
                world.check(worlds, threshold)
    points, intercept = fit([(one, same) for world in worlds for one, same in zip(world.levels, world.same, strict=True)])
    print(f"start: {intercept:.1f}")
    for side in dict.fromkeys(side for side, _ in points):
        print(f"{side}:")
        for (_, level), found in sorted(((k, v) for k, v in points.items() if k[0] == side), key=lambda item: -item[1]):
            print(f"  {level}: {found:.1f}")


def fit(examples: Sequence[tuple[Levels, bool]]) -> tuple[dict[tuple[str, str], float], float]:
    """Points for each level, and the log odds to start from."""
    names = sorted({(side, level) for one, _ in examples for side, level in one.items() if level != REFERENCE.get(side, "none")})
    at = {name: index for index, name in enumerate(names)}
    rows, weights, labels = _folded(examples, at)
    bounds = [BOUNDS.get(side, {}).get(level, SLACK) for side, level in names] + [(None, None)]

    def loss(found: np.ndarray) -> tuple[float, np.ndarray]:
        odds = rows @ found
        wrong = weights * (1 / (1 + np.exp(-odds)) - labels)
        value = float(np.sum(weights * (np.logaddexp(0, odds) - labels * odds)) + PENALTY * np.sum(found[:-1] ** 2))
        slope = rows.T @ wrong
        slope[:-1] += 2 * PENALTY * found[:-1]
        return value, slope

    done = minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 3000})
    return {name: float(done.x[index]) for name, index in at.items()}, float(done.x[-1])


def _folded(examples: Iterable[tuple[Levels, bool]], at: dict[tuple[str, str], int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Alike examples once, with their number."""
    counts = Counter((tuple(sorted(at[item] for item in one.items() if item in at)), same) for one, same in examples)
    rows = np.zeros((len(counts), len(at) + 1))
    rows[:, -1] = 1
    for row, (columns, _) in zip(rows, counts, strict=True):
        row[list(columns)] = 1
    return rows, np.array(list(counts.values()), float), np.array([same for _, same in counts], float)


class World:
    """The labelled records, compared with or without the register."""

    def __init__(self, folder: Path, with_register: bool) -> None:
        self.with_register = with_register
        records = [_record(row) for row in _rows(folder / "businesses.csv")]
        companies = (_company(row) for row in _rows(folder / "companies_house.csv"))
        links = link_to_register(records, Register(companies)) if with_register else {}
        self.prepared = [prepare(record, links[record.key].company_number if record.key in links else "") for record in records]
        self.truth = {(row["source"], row["id"]): row for row in _rows(folder / "truth_businesses.csv")}
        known = corpus(self.prepared)
        self.pairs = sorted(candidates(self.prepared, known))
        self.levels = [levels(self.prepared[a], self.prepared[b], known) for a, b in self.pairs]
        self.same = [self._entity(a) == self._entity(b) for a, b in self.pairs]
        typed = {one.key: one.typed for one in self.prepared if one.typed and not one.linked}
        self.numbers = {one.key: one.linked for one in self.prepared if one.linked} | typed

    def _entity(self, position: int) -> str:
        return self.truth[self.prepared[position].key]["entity"]

    def _fold(self, one: Prepared) -> int:
        return hashlib.md5(self.truth[one.key]["group"].encode()).digest()[0] % 2

    def check(self, worlds: Sequence["World"], threshold: float) -> None:
        """Prints precision, recall and F1 of pairs joined with points that were fitted on the other half."""
        tried = {}
        for fold in (0, 1):
            rest = [
                e for w in worlds for e, pair in zip(zip(w.levels, w.same, strict=True), w.pairs, strict=True) if w._inside(pair, 1 - fold)
            ]
            points, start = fit(rest)
            tried |= {
                pair: start + sum(points.get(item, 0.0) for item in one.items())
                for one, pair in zip(self.levels, self.pairs, strict=True)
                if self._fold(self.prepared[pair[0]]) == fold
            }
        odds = {tuple(sorted((self.prepared[a].key, self.prepared[b].key))): found for (a, b), found in tried.items()}
        found = cluster([one.key for one in self.prepared], odds, {}, self.numbers, lambda a, b: -3.0, threshold)
        print(f"{'with' if self.with_register else 'without'} register, threshold {threshold}: {self._measure(found)}")

    def _inside(self, pair: tuple[int, int], fold: int) -> bool:
        return all(self._fold(self.prepared[position]) == fold for position in pair)

    def _measure(self, clusters: list[list[tuple[str, str]]]) -> str:
        right = sum(_pairs(n) for found in clusters for n in Counter(self.truth[key]["entity"] for key in found).values())
        made = sum(_pairs(len(found)) for found in clusters)
        true = sum(_pairs(n) for n in Counter(row["entity"] for row in self.truth.values()).values())
        return f"precision {right / made:.3f} recall {right / true:.3f} F1 {2 * right / (made + true):.3f}"


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _record(row: dict[str, str]) -> BusinessRecord:
    words = {name: row[name] for name in ("name", "address", "town", "postcode", "website", "email", "phone")}
    return BusinessRecord((row["source"], row["id"]), company_number=row["crn"], **words)


def _company(row: dict[str, str]) -> RegisterCompany:
    previous = tuple(filter(None, row["previous_names"].split("|")))
    return RegisterCompany(row["company_number"], row["company_name"], row["postcode"], row["town"], row["status"], previous)


if __name__ == "__main__":
    main()
