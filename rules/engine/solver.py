"""Satisfiability of clauses, exactly: unit propagation and search, meant for the few dozen variables of a rule's conditions.

A literal is a variable's number, from 1, or its negative; a clause holds when one of its literals does.
"""

from collections.abc import Iterable, Sequence

Clause = Sequence[int]


def solve(clauses: Iterable[Clause], variables: int) -> list[bool] | None:
    """Values for the variables (index 0 is unused) under which every clause holds; None where there are none.

    What no clause needs stays False, and of a clause the literals in front are tried first.
    """
    search = Search(clauses, variables)
    if not search.start():
        return None
    while (literal := search.open_literal()) is not None:
        if not search.decide(literal):
            return None
    return [value is True for value in search.values]


class Search:
    """One search: the values so far, and the decisions that can still be taken back."""

    def __init__(self, clauses: Iterable[Clause], variables: int) -> None:
        self.clauses = list(clauses)
        self.values: list[bool | None] = [None] * (variables + 1)
        self._trail: list[int] = []
        self._decisions: list[tuple[int, int]] = []
        self._holding: dict[int, list[Clause]] = {}
        for clause in self.clauses:
            for literal in clause:
                self._holding.setdefault(literal, []).append(clause)

    def start(self) -> bool:
        """Whether the clauses of one literal, and what follows of them, hold together; an empty clause never does."""
        return all(self._unit(clause) for clause in self.clauses if len(clause) <= 1)

    def open_literal(self) -> int | None:
        """An open literal of the first clause that does not hold yet; None when all hold."""
        for clause in self.clauses:
            if not any(self._holds(literal) for literal in clause):
                return next(literal for literal in clause if self.values[abs(literal)] is None)
        return None

    def decide(self, literal: int) -> bool:
        """Let a literal hold; where that fails, the contrary, going back as far as need be. False: nothing is left."""
        self._decisions.append((len(self._trail), literal))
        held = self._assign(literal)
        while not held and self._decisions:
            mark, decided = self._decisions.pop()
            self._undo(mark)
            held = self._assign(-decided)
        return held

    def _undo(self, mark: int) -> None:
        for literal in self._trail[mark:]:
            self.values[abs(literal)] = None
        del self._trail[mark:]

    def _unit(self, clause: Clause) -> bool:
        return bool(clause) and self._assign(clause[0])

    def _holds(self, literal: int) -> bool:
        return self.values[abs(literal)] is (literal > 0)

    def _assign(self, literal: int) -> bool:
        """Let a literal hold with all that follows; False where a clause can't hold any more."""
        waiting = [literal]
        while waiting:
            one = waiting.pop()
            if self.values[abs(one)] is not None:
                if self._holds(one):
                    continue
                return False
            self.values[abs(one)] = one > 0
            self._trail.append(one)
            for clause in self._holding.get(-one, ()):
                if any(self._holds(other) for other in clause):
                    continue
                open_ = [other for other in clause if self.values[abs(other)] is None]
                if not open_:
                    return False
                if len(open_) == 1:
                    waiting.append(open_[0])
        return True
