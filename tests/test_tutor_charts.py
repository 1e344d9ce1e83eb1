"""Charts are drawings that can be read aloud, fit any width, and draw nothing that was not measured."""

import xml.etree.ElementTree as ET

import pytest

from tests.browser import PAYLOADS
from tutor.charts import Bar, Dot, bars, dots

SVG = "{http://www.w3.org/2000/svg}"
TICKS = ((0.0, "0"), (5.0, "5"), (10.0, "10"))
ROWS = (Bar("Pans", 6.0, "6.0 (4.0 to 9.0)", (4.0, 9.0)), Bar("Pots", None, "no mark"))
VALUES = (Dot("1", 120.0, "120"), Dot("3", None, "not assessed"), Dot("4", 60.0, "60"), Dot("5", 90.0, "90"))


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in drawn(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("svg", [bars("a", "Marks", "Pans: 6", ROWS, TICKS), dots("b", "Pace", "Pans: 6", VALUES)])
def test_a_chart_has_a_name_and_a_description(svg: str) -> None:
    chart = drawn(svg)
    assert chart.get("role") == "img"
    labels = (chart.get("aria-labelledby") or "").split()
    named = {element.get("id"): element.text for element in chart if element.tag in (f"{SVG}title", f"{SVG}desc")}
    assert [named[label] for label in labels] == [chart.findtext(f"{SVG}title"), "Pans: 6"]


def test_a_bar_reaches_as_far_as_its_value_and_its_whisker_as_its_band() -> None:
    chart = drawn(bars("a", "Marks", "", ROWS, TICKS))
    assert [rect.get("width") for rect in chart.iter(f"{SVG}rect")] == ["100%", "60.00%", "100%"]
    assert any((line.get("x1"), line.get("x2")) == ("40.00%", "90.00%") for line in chart.iter(f"{SVG}line"))
    assert texts(bars("a", "Marks", "", ROWS, TICKS)) == ["Pans", "6.0 (4.0 to 9.0)", "Pots", "no mark", "0", "5", "10"]


def test_a_bar_never_leaves_its_chart() -> None:
    chart = drawn(bars("a", "Marks", "", (Bar("x", 99.0, "99", (-5.0, 99.0)),), TICKS))
    assert {rect.get("width") for rect in chart.iter(f"{SVG}rect")} == {"100%", "100.00%"}


def test_a_long_label_goes_on_in_a_second_line_and_no_further() -> None:
    lines = texts(bars("a", "Marks", "", (Bar("What is a very long question " * 5, 1.0, "1"),), TICKS))
    assert [len(line) <= 30 for line in lines] == [True] * len(lines)
    assert lines[:2] == ["What is a very long question", "What is a very long question …"]


def test_rows_do_not_overlap() -> None:
    chart = drawn(bars("a", "Marks", "", [Bar(f"A label of more than thirty letters, number {n}", 5.0, "5") for n in range(3)], TICKS))
    tracks = [float(rect.get("y", "")) for rect in chart.iter(f"{SVG}rect") if rect.get("width") == "100%"]
    lines = [float(text.get("y", "")) for text in chart.iter(f"{SVG}text") if text.get("x") == "0%"]
    assert tracks == sorted(tracks)
    assert all(any(above < track < below for track in tracks) for above, below in zip(lines[1:-1:2], lines[2::2], strict=False))
    assert max(lines) <= float(chart.get("height", ""))


def test_what_was_not_measured_is_a_hole_in_the_line() -> None:
    svg = dots("b", "Pace", "", VALUES)
    chart = drawn(svg)
    assert len(list(chart.iter(f"{SVG}circle"))) == 3
    assert sum(line.get("stroke-width") == "2" for line in chart.iter(f"{SVG}line")) == 1, "only 4 and 5 follow one another"
    assert "not assessed" not in texts(svg)
    assert [text for text in texts(svg) if text in ("1", "3", "4", "5")] == ["1", "3", "4", "5"]


def test_dots_stand_in_order_of_their_values() -> None:
    height = {circle.get("cx"): float(circle.get("cy", "")) for circle in drawn(dots("b", "Pace", "", VALUES)).iter(f"{SVG}circle")}
    first, third, fourth = height.values()
    assert first < fourth < third


def test_of_many_values_only_the_ends_are_written() -> None:
    values = [Dot(str(n), float(n), f"{n} s") for n in range(1, 21)]
    assert [text for text in texts(dots("b", "Pace", "", values)) if text.endswith(" s")] == ["1 s", "20 s"]


def test_zeros_and_single_values_can_be_drawn() -> None:
    for values in ([Dot("1", 0.0, "0")], [Dot("1", 0.0, "0"), Dot("2", 0.0, "0")], [Dot("1", None, "")]):
        assert len(list(drawn(dots("b", "Fillers", "", values)).iter(f"{SVG}circle"))) == sum(dot.value is not None for dot in values)


@pytest.mark.parametrize("payload", [*PAYLOADS, "\x00\x1b[31m\u202e", "a\ud800"])
def test_no_label_becomes_markup(payload: str) -> None:
    rows = (Bar(payload, 1.0, payload, (0.0, 2.0)),)
    for svg in (
        bars("a", payload, payload, rows, ((0.0, payload), (10.0, payload))),
        dots("b", payload, payload, (Dot(payload, 1.0, payload),)),
    ):
        tags = {element.tag.removeprefix(SVG) for element in drawn(svg).iter()}
        assert tags <= {"svg", "title", "desc", "text", "line", "rect", "circle"}
        assert all(":" not in name and not name.startswith("on") for element in drawn(svg).iter() for name in element.keys())  # noqa: SIM118
