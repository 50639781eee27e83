"""What the nested classes cost: bookings through the action under the simple rule and the full one.

The same requests as in `booking`, on the same days, turn about. The full rule keeps statistical floors
(each office claims its own with a probability of 0.12) and lets an office take of the open pool, so
that most requests are granted; refusals of the classes count as answers, since they cost the same.
"""

from __future__ import annotations

from statistics import median

from tests.benchmarks import booking, figures, ground
from tests.benchmarks.ground import Ground

ANSWERED = (201, 409)
DAYS, REPEATS = 3, 3


def main() -> None:
    """Measure each rule in turn and print both."""
    made = ground.build()
    made = Ground(made.delegates, made.days[:DAYS])
    runs: dict[str, list[figures.Run]] = {"simple rule": [], "nested classes": []}
    for _ in range(REPEATS):
        for name, found in runs.items():
            ground.nest(name == "nested classes")
            found.append(booking.measure(made, booking.ACTION, hot=True).run)
    rows = []
    for name, found in runs.items():
        times = [run.with_status(*ANSWERED) for run in found]
        marks = [
            f"{1000 * median(figures.percentile(each, share) for each in times):.0f}"
            for share in (0.50, 0.95, 0.99)
        ]
        rates = figures.spread([run.rate(*ANSWERED) for run in found])
        rows.append((f"one hot day: {name}", rates, *marks, found[-1].counted()))
    head = ("book_appointment", "answers/s", "p50 ms", "p95 ms", "p99 ms", "last answers")
    print(figures.table(head, rows), "\n")
    simple, nested = (median(run.rate(*ANSWERED) for run in found) for found in runs.values())
    print(figures.aim("the full rule, part of the simple one", nested / simple, least=0.7))
