"""The comparison shows both sides, their ratio, and how much the rounds differ."""

import itertools
from collections import Counter

from ops.load import compare_report, report
from ops.load.compare_report import Round
from ops.load.cost import Spent
from ops.load.measure import Result
from ops.load.scenarios import Scenario
from ops.load.session import DIRECT_WAY, GATEWAY_WAY, Outcome, Way
from ops.load.writes import Writes


def outcome(name: str, per_second: float, seconds: float = 1.0, failures: int = 0) -> Outcome:
    result = Result(per_second, (1.0,), Counter({503: failures} if failures else {}), sent=100)
    way = Way(result, Spent({"patient container": seconds, "patient database": 0.5, "Docker": 0.1}))
    writes = {"patient": Writes(200, 40_000), "billing": Writes(100, 20_000)}
    return Outcome(Scenario("patient", name, itertools.repeat(None)), {DIRECT_WAY: way, GATEWAY_WAY: way}, writes)  # type: ignore[arg-type]


def test_rates_times_and_ratios_of_what_both_sides_have() -> None:
    rounds = [
        Round([outcome("GET /a", 100), outcome("gone", 1)], [outcome("GET /a", 200, 0.5), outcome("new", 1)]),
        Round([outcome("GET /a", 100)], [outcome("GET /a", 300, 0.5, failures=3)]),
    ]
    text = compare_report.table("abc1234", rounds)
    [direct, gateway] = [line for line in text.splitlines() if line.startswith("| GET")]
    cells = ["GET /a", "direct", "100", "250", "2.50", "2.00 to 3.00", "0 / 3"]
    cells += ["10.00", "5.00", "5.00", "5.00", "16.00", "11.00"]
    assert direct == f"| {' | '.join(cells)} |"
    assert gateway == direct.replace("direct", "gateway")
    assert "gone" not in text
    assert "new" not in text


def test_writes_of_a_request_are_those_of_both_ways_divided_by_all_requests() -> None:
    text = report.writes([outcome("POST /a", 100)])
    assert "| POST /a | 1.0 | 1.5 | 200 | 300 |" in text


def test_costs_have_a_line_for_each_way_and_a_dash_for_what_is_unknown() -> None:
    [head, _, direct, gateway] = report.costs([outcome("POST /a", 100)]).splitlines()[2:]
    assert head.startswith("| call | way | service | database | broker | LocalStack | Docker |")
    assert direct.startswith("| POST /a | direct | 10.00 | 5.00 | - | - | 1.00 |")
    assert gateway.startswith("| POST /a | gateway |")
