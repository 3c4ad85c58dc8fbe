"""Satisfiability of clauses, by a library: a literal is a variable's number, from 1, or its negative."""

from collections.abc import Iterable, Sequence

from pysat.solvers import Minisat22

Clause = Sequence[int]


def solve(clauses: Iterable[Clause], variables: int) -> list[bool] | None:
    """Values for the variables (index 0 is unused) under which every clause holds; None where there are none.

    What can stay False tends to stay so.
    """
    with Minisat22() as solver:
        solver.set_phases([-variable for variable in range(1, variables + 1)])
        for clause in clauses:
            if not clause:
                return None
            solver.add_clause(clause)
        if not solver.solve():
            return None
        true = {literal for literal in solver.get_model() if literal > 0}
    return [variable in true for variable in range(variables + 1)]
