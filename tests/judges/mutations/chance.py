"""Chance from a seed."""

import random


class Chance:
    """Draws only with `random()`, whose sequence Python promises to keep."""

    def __init__(self, seed: int):
        self.source = random.Random(seed)

    def below(self, count: int) -> int:
        return int(self.source.random() * count)

    def choice(self, of):
        return of[self.below(len(of))]

    def shuffled(self, of) -> list:
        keys = [self.source.random() for _ in of]
        return [of[position] for position in sorted(range(len(of)), key=keys.__getitem__)]

    def misspelt(self, name: str, known=()) -> str:
        """The name with one slip of a finger: none of the known ones, and never the same but for upper and lower case."""
        at = 1 + self.below(len(name) - 2) if len(name) > 2 else 0
        swapped = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
        slips = [name[:at] + name[at + 1 :], name[:at] + name[at] + name[at:], swapped, name + "s", name + "x"]
        return self.choice([slip for slip in slips if slip and slip not in known and slip.casefold() != name.casefold()])
