"""How quickly themes and resources are found in notes, as a share of a floor measured in the same run.

The floor: one compiled `re` alternation of every phrase that is plain words, searched in the same notes. It knows no stems, no choices, no
refusals and no names; it is what a plain search costs. Splitting the same notes into words is printed beside it: nobody can be quicker.

    python benchmarks/themes.py [NOTES]        from the repository's folder, with the project installed
"""

import random
import re
import sys
import time
from collections.abc import Callable

from mappings.phrase_syntax import split_list
from mappings.theme_scores import WEIGHTS
from mappings.themes import Resources, Themes
from mappings.themes_file import entries

OPENERS = ("Spoke to the owner.", "Visit with two colleagues, an hour on site.", "Phoned back after lunch.", "Saw him at the breakfast.")
FILLERS = ("and wants to know who to ask about", "is worried by the cost of", "would rather not say more, but raised", "not interested in")


def notes(count: int, phrases: list[str], seed: int = 1) -> list[tuple[str, str]]:
    """Made-up subjects and notes of 15 to 60 words, with a plain phrase of the lexicon here and there."""
    dice = random.Random(seed)
    words = sorted({word for phrase in phrases for word in phrase.split()})
    made = []
    for number in range(count):
        parts = [dice.choice(OPENERS)]
        for _ in range(dice.randint(1, 4)):
            padding = " ".join(dice.choice(words) for _ in range(dice.randint(3, 9)))
            parts.append(f"{padding.capitalize()} {dice.choice(FILLERS)} {dice.choice(phrases)}.")
        made.append((f"Call {number}", " ".join(parts)))
    return made


def per_second(read: Callable[[str, str], object], made: list[tuple[str, str]]) -> float:
    """Notes a second of processor time."""
    began = time.process_time()
    for subject, note in made:
        read(subject, note)
    return len(made) / (time.process_time() - began)


def main() -> None:
    """Prints notes per second and the ratio to the floor."""
    themes, resources = Themes.load(), Resources.load()
    shipped = entries("themes")
    plain = sorted({p for entry in shipped.values() for kind in WEIGHTS for p in split_list(entry[kind]) if re.fullmatch(r"[a-z ]+", p)})
    floor = re.compile(rf"\b(?:{'|'.join(sorted(plain, key=len, reverse=True))})\b", re.IGNORECASE)
    made = notes(int(sys.argv[1]) if len(sys.argv) > 1 else 3000, plain)
    words = sum(len(note.split()) for _, note in made) / len(made)
    ours = per_second(lambda subject, note: (themes.find(subject, note), resources.find(subject, note)), made)
    bare = per_second(lambda subject, note: floor.findall(f"{subject} {note}"), made)
    split = per_second(lambda subject, note: re.findall(r"\w+", f"{subject} {note}".lower()), made)
    print(f"{len(made):,} notes of {words:.0f} words, {len(plain):,} plain phrases in the floor")
    print(f"themes and resources     {ours:>9,.0f} notes a second")
    print(f"floor, one alternation   {bare:>9,.0f} notes a second; ours is {ours / bare:.2f} of it")
    print(f"words split, no more     {split:>9,.0f} notes a second; ours is {ours / split:.3f} of it")


if __name__ == "__main__":
    main()
