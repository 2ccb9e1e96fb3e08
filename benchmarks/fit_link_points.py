"""Fits mappings/link_points.yaml to labelled records: python benchmarks/fit_link_points.py FOLDER {business,person} [--check]

FOLDER holds businesses.csv (source, id, name, address, town, postcode, crn, website, email, phone), companies_house.csv (company_number,
company_name, postcode, town, status, previous_names), contacts.csv (source, id, business_id, first_name, last_name, email, phone,
job_title), truth_businesses.csv (source, id, entity, group) and truth_contacts.csv (source, id, person, entity). A logistic regression over
the levels of jobs/link, each level within the bounds below; `--check` fits on one half of the groups and measures on the other.
Needs numpy and scipy beside the project's own packages. It prints the points; what is kept of them is a person's choice.
"""

import argparse
import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from jobs.link import blocks, levels, person_levels, persons, prepared
from jobs.link.businesses import link_businesses
from jobs.link.clusters import cluster
from jobs.link.records import BusinessRecord, Key, PersonRecord
from jobs.link.register import Register, RegisterCompany, link_to_register

Levels = Mapping[str, str]
Bounds = Mapping[str, Mapping[str, tuple[float, float]]]

REFERENCE = {"crm": "other", "crowd": "one place", "rarity": "known", "name": "other"}
"""Each side's level that weighs nothing; 'none' where nothing is said here."""

# Labels come from generated damage, which knows no address typed two ways, no second phone line, no shared mobile. What the labels say
# beyond these bounds is the generator's habit, not the world's.
BUSINESS: Bounds = {
    "address": {"same": (0.5, 2.5), "near": (0.5, 1.5), "different": (-2.0, 0.0)},
    "mail": {"own few": (2, 4), "own many": (0, 3), "both own": (-1, 0), "different": (-1, 0), "office few": (0.3, 2)},
    "phone": {"few": (1.0, 3.5), "many": (0.0, 1.5), "different": (-1.0, 0.0)},
    "postcode": {"same": (0.7, 3.0), "district": (0.0, 1.0), "area": (0.0, 1.0), "different": (-2.5, -0.4)},
    "town": {"same": (0.0, 1.5), "different": (-1.5, -0.4)},
    "site": {"same": (0.0, 1.5), "one": (-1.0, 1.0), "different": (-1.5, 1.0)},
    "domain": {"different": (-2.0, 0.0)},
    "number": {"same": (3, 6), "different": (-6, -4), "typed same": (1.5, 4), "typed slip": (0, 1.5), "typed different": (-4, -2)},
}
PERSON: Bounds = {
    "mail": {"same": (2.0, 5.0), "same office": (0.0, 1.5), "both own": (-1.5, 0.0), "different": (-1.0, 0.0), "same mailbox": (0.0, 2.0)},
    "mobile": {"same": (2.0, 4.5), "different": (-2.0, 0.0)},
    "landline": {"same": (0.0, 2.0), "different": (-1.0, 0.0)},
    "business": {"same": (1.0, 5.0), "other": (-3.0, 0.0)},
    "title": {"same": (0.0, 1.5), "different": (-1.0, 0.0)},
    "namesakes": {"several": (-4.0, -1.0)},
}
SLACK = (-6.0, 6.0)
PENALTY = 1.0


@dataclass
class World:
    """Labelled records that were compared: the pairs, how they agree, and whether they are one."""

    name: str
    keys: Sequence[Key]
    pairs: Sequence[tuple[int, int]]
    levels: Sequence[Levels]
    truth: Mapping[Key, str]
    fold: Mapping[Key, int]
    numbers: Mapping[Key, str]
    compare: Callable[[Key, Key], Levels]

    def examples(self, fold: int | None = None) -> list[tuple[Levels, bool]]:
        """Levels and whether the two are one, of all pairs or of those that lie within a fold."""
        return [
            (seen, self.truth[a] == self.truth[b])
            for seen, (a, b) in zip(self.levels, self._keys(), strict=True)
            if fold is None or self.fold[a] == self.fold[b] == fold
        ]

    def _keys(self) -> list[tuple[Key, Key]]:
        return [(self.keys[a], self.keys[b]) for a, b in self.pairs]


def main() -> None:
    """Reads, fits, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("entity", choices=["business", "person"])
    parser.add_argument("--check", action="store_true", help="fit on one half of the groups, measure on the other")
    options = parser.parse_args()
    if options.entity == "business":
        worlds, bounds = [business_world(options.folder, False), business_world(options.folder, True)], BUSINESS
    else:
        worlds, bounds = [person_world(options.folder)], PERSON
    if options.check:
        check(worlds, bounds)
    points, start = fit([example for world in worlds for example in world.examples()], bounds)
    print(f"start: {start:.1f}")
    for side in dict.fromkeys(side for side, _ in points):
        print(f"{side}:")
        for (_, level), found in sorted(((key, value) for key, value in points.items() if key[0] == side), key=lambda item: -item[1]):
            print(f"  {level}: {found:.1f}")


def fit(examples: Sequence[tuple[Levels, bool]], within: Bounds) -> tuple[dict[tuple[str, str], float], float]:
    """Points for each level, and the log odds to start from."""
    names = sorted({(side, level) for seen, _ in examples for side, level in seen.items() if level != REFERENCE.get(side, "none")})
    at = {name: index for index, name in enumerate(names)}
    rows, weights, labels = _folded(examples, at)
    bounds = [within.get(side, {}).get(level, SLACK) for side, level in names] + [(None, None)]

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
    counts = Counter((tuple(sorted(at[item] for item in seen.items() if item in at)), same) for seen, same in examples)
    rows = np.zeros((len(counts), len(at) + 1))
    rows[:, -1] = 1
    for row, (columns, _) in zip(rows, counts, strict=True):
        row[list(columns)] = 1
    return rows, np.array(list(counts.values()), float), np.array([same for _, same in counts], float)


def check(worlds: Sequence[World], bounds: Bounds) -> None:
    """Prints precision, recall and F1 of pairs joined by points that were fitted on the other half."""
    fitted = [fit([example for world in worlds for example in world.examples(1 - fold)], bounds) for fold in (0, 1)]

    def odds(seen: Levels, fold: int) -> float:
        points, start = fitted[fold]
        return start + sum(points.get(item, 0.0) for item in seen.items())

    for world in worlds:
        scored = {pair: odds(seen, world.fold[pair[0]]) for pair, seen in zip(world._keys(), world.levels, strict=True)}
        for low in range(-2, 8):
            found = [world.truth[a] == world.truth[b] for (a, b), value in scored.items() if low <= value < low + 1]
            print(f"{world.name}: of {len(found)} pairs with log odds from {low}, {sum(found) / max(1, len(found)):.3f} are one")
        for threshold in (0.0, 0.5, 1.0, 2.0):
            weight = lambda a, b, world=world: odds(world.compare(a, b), world.fold[a])  # noqa: E731
            found = cluster(world.keys, scored, {}, world.numbers, weight, threshold)
            print(f"{world.name}, joined from {threshold}: {_measure(found, world.truth)}")


def _measure(clusters: list[list[Key]], truth: Mapping[Key, str]) -> str:
    right = sum(_pairs(n) for found in clusters for n in Counter(truth[key] for key in found).values())
    made = sum(_pairs(len(found)) for found in clusters)
    true = sum(_pairs(n) for n in Counter(truth.values()).values())
    return f"precision {right / made:.3f} recall {right / true:.3f} F1 {2 * right / (made + true):.3f}"


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def business_world(folder: Path, with_register: bool) -> World:
    """The business records, with company numbers from the register or without it."""
    records = businesses(folder)
    links = link_to_register(records, register(folder)) if with_register else {}
    ready = sorted(
        (prepared.prepare(one, links[one.key].company_number if one.key in links else "") for one in records), key=lambda p: p.key
    )
    known = prepared.corpus(ready)
    pairs = list(blocks.candidates(ready, known))
    truth = {(row["source"], row["id"]): row for row in _rows(folder / "truth_businesses.csv")}
    by_key = {one.key: one for one in ready}
    return World(
        f"business {'with' if with_register else 'without'} register",
        [one.key for one in ready],
        pairs,
        [_named(levels.SIDES, levels.levels(ready[a], ready[b], known)) for a, b in pairs],
        {key: row["entity"] for key, row in truth.items()},
        {key: _fold(row["group"]) for key, row in truth.items()},
        {one.key: one.linked or one.typed for one in ready if one.linked or one.typed},
        lambda a, b: _named(levels.SIDES, levels.levels(by_key[a], by_key[b], known)),
    )


def person_world(folder: Path) -> World:
    """The person records at the businesses that linking finds."""
    joined = link_businesses(businesses(folder), register(folder))
    at = {key: str(index) for index, found in enumerate(joined.clusters) for key in found}
    ready = sorted((person_levels.prepare(_person(row, at)) for row in _rows(folder / "contacts.csv")), key=lambda p: p.key)
    known = person_levels.corpus(ready)
    pairs = list(persons.candidates(ready))
    truth = {(row["source"], row["id"]): row for row in _rows(folder / "truth_contacts.csv")}
    by_key = {one.key: one for one in ready}
    total = sum(_pairs(n) for n in Counter(row["person"] for row in truth.values()).values())
    held = sum(truth[ready[a].key]["person"] == truth[ready[b].key]["person"] for a, b in pairs)
    print(f"candidates hold {held / total:.3f} of the true pairs")
    return World(
        "person",
        [one.key for one in ready],
        pairs,
        [_named(person_levels.SIDES, person_levels.levels(ready[a], ready[b], known)) for a, b in pairs],
        {key: row["person"] for key, row in truth.items()},
        {key: _fold(row["person"]) for key, row in truth.items()},
        {},
        lambda a, b: _named(person_levels.SIDES, person_levels.levels(by_key[a], by_key[b], known)),
    )


def _named(sides: Sequence[str], found: Sequence[str]) -> Levels:
    return dict(zip(sides, found, strict=True))


def _fold(group: str) -> int:
    return hashlib.md5(group.encode()).digest()[0] % 2


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def businesses(folder: Path) -> list[BusinessRecord]:
    """The business records of the folder."""
    words = ("name", "address", "town", "postcode", "website", "email", "phone")
    return [
        BusinessRecord((row["source"], row["id"]), company_number=row["crn"], **{name: row[name] for name in words})
        for row in _rows(folder / "businesses.csv")
    ]


def register(folder: Path) -> Register:
    """The register of the folder."""
    return Register(
        RegisterCompany(
            row["company_number"],
            row["company_name"],
            row["postcode"],
            row["town"],
            row["status"],
            tuple(filter(None, row["previous_names"].split("|"))),
        )
        for row in _rows(folder / "companies_house.csv")
    )


def _person(row: Mapping[str, str], at: Mapping[Key, str]) -> PersonRecord:
    words = {name: row[name] for name in ("first_name", "last_name", "email", "phone")}
    return PersonRecord((row["source"], row["id"]), title=row["job_title"], business=at[(row["source"], row["business_id"])], **words)


if __name__ == "__main__":
    main()
