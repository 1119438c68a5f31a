"""Plots as inline SVG that takes its colours from the page's style, light or dark; as wide as a phone shows in full.

Every plot is an image with a name for screen readers; its figures are in the table beside it (`guestbook.page.Plot`).
Lines differ in colour and dash, never in colour alone; a value stands beside what it belongs to where there is room.
"""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

WIDTH = 380
ROW, BAR = 38, 12
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 10, 26
PLOT_HEIGHT = 200
COLOURS = 7
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2", "10 4", "4 4 1 4")
RECT = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')
CELL = Markup('<rect class="heat edge" fill-opacity="{:.3f}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')
DOT = Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{}"/>')
GRID = Markup('<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>')
TEXT = Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>')
LINE = Markup('<polyline class="{}" stroke-dasharray="{}" fill="none" points="{}"/>')
IMAGE = Markup('<svg role="img" aria-label="{}" viewBox="0 0 {} {:.0f}">{}</svg>')
Point = tuple[float, float]
Format = Callable[[float], str]


def compact(value: float) -> str:
    """A figure for an axis: 1200000 is 1.2M."""
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def percent(value: float) -> str:
    """A share 0-1 for an axis."""
    return f"{value:.0%}"


def bars(name: str, rows: Sequence[tuple[str, float, str]], curve: Sequence[float] = ()) -> Markup:
    """Horizontal bars of (label, value, value as text); `curve` is a share 0-1 per row drawn over them (Pareto)."""
    top = max((value for _, value, _ in rows), default=0) or 1
    parts = []
    for number, (label, value, text) in enumerate(rows):
        y = number * ROW
        parts.append(_text(0, y + 14, label) + _text(WIDTH, y + 14, text, "end"))
        parts.append(
            RECT.format("back", 0, y + 20, WIDTH, BAR) + RECT.format("f1", 0, y + 20, _size(value / top * WIDTH), BAR)
        )
    if curve:
        points = [(share * (WIDTH - 4) + 2, number * ROW + 20 + BAR / 2) for number, share in enumerate(curve)]
        parts.append(_line(points, "s2", ""))
        parts += [DOT.format("f2", x, y, 4) for x, y in points]
    return _image(name, len(rows) * ROW, parts)


def butterfly(
    name: str, sides: tuple[str, str], rows: Sequence[tuple[str, float, str, float, str]], limit: float = 1.0
) -> Markup:
    """Bars to both sides of a middle line: (label, left value, as text, right value, as text); `limit` fills a side."""
    middle = WIDTH / 2
    parts = [_text(0, 14, sides[0], kind="mute"), _text(WIDTH, 14, sides[1], "end", "mute")]
    for number, (label, left, left_text, right, right_text) in enumerate(rows):
        y = 24 + number * ROW
        parts.append(_text(middle, y + 12, label, "middle"))
        parts.append(_text(0, y + 12, left_text) + _text(WIDTH, y + 12, right_text, "end"))
        width = _size(left / limit * middle)
        parts.append(RECT.format("f7", middle - width, y + 18, width, BAR))
        parts.append(RECT.format("f1", middle, y + 18, _size(right / limit * middle), BAR))
    return _image(name, 24 + len(rows) * ROW, parts)


def lines(
    name: str,
    series: Mapping[str, Sequence[Point]],
    x_ticks: Sequence[tuple[float, str]],
    y_format: Format = compact,
    y_top: float | None = None,
    with_diagonal: bool = False,
) -> Markup:
    """Lines through points with axes from zero and a legend. A diagonal shows where x and y agree (calibration)."""
    points = [point for line in series.values() for point in line]
    low, high = min((x for x, _ in x_ticks), default=0), max((x for x, _ in x_ticks), default=1)
    top = y_top or _nice(max((y for _, y in points), default=1))

    def place(point: Point) -> Point:
        x = LEFT + (point[0] - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)
        return x, TOP + (1 - point[1] / top) * PLOT_HEIGHT

    parts = _y_axis(top, y_format)
    parts += [_text(place((x, 0))[0], TOP + PLOT_HEIGHT + 18, text, _anchor(x, low, high)) for x, text in x_ticks]
    if with_diagonal:
        parts.append(_line([place((low, low)), place((high, high))], "axis", "2 4"))
    for number, line in enumerate(series.values()):
        placed = [place(point) for point in line]
        parts.append(_line(placed, f"s{number % COLOURS + 1}", DASHES[number % len(DASHES)]))
        if len(placed) <= 15:
            parts += [DOT.format(f"f{number % COLOURS + 1}", x, y, 3) for x, y in placed]
    legend, height = _legend(list(series), TOP + PLOT_HEIGHT + BOTTOM, is_line=True)
    return _image(name, height, parts + legend)


def stack(
    name: str, labels: Sequence[str], series: Mapping[str, Sequence[float]], y_format: Format = compact
) -> Markup:
    """Columns stacked over time: one value per label in each series; the first series is at the bottom."""
    totals = [sum(values) for values in zip(*series.values(), strict=True)]
    top = _nice(max(totals, default=1))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    parts = _y_axis(top, y_format)
    floor = [0.0] * len(labels)
    for number, values in enumerate(series.values()):
        for index, value in enumerate(values):
            height = value / top * PLOT_HEIGHT
            y = TOP + PLOT_HEIGHT - floor[index] - height
            floor[index] += height
            parts.append(RECT.format(f"f{number % COLOURS + 1} edge", LEFT + index * step, y, step * 0.85, height))
    every = -(-len(labels) // 4)
    for index in range(0, len(labels), max(every, 1)):
        parts.append(_text(LEFT + (index + 0.42) * step, TOP + PLOT_HEIGHT + 18, labels[index], "middle"))
    legend, height = _legend(list(series), TOP + PLOT_HEIGHT + BOTTOM, is_line=False)
    return _image(name, height, parts + legend)


def heatmap(
    name: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float | None]],
    texts: Sequence[Sequence[str]],
) -> Markup:
    """A cell per row and column, darker for a larger value of the whole; null is left empty."""
    head = min(150, 12 + 7 * max((_length(row) for row in rows), default=0))
    step = (WIDTH - head) / max(len(columns), 1)
    top = max((value for row in values for value in row if value is not None), default=0) or 1
    parts = [_text(head + (i + 0.5) * step, 14, column, "middle", "mute") for i, column in enumerate(columns)]
    for number, (row, cells, words) in enumerate(zip(rows, values, texts, strict=True)):
        y = 20 + number * 24
        parts.append(_text(0, y + 16, row))
        for i, (value, text) in enumerate(zip(cells, words, strict=True)):
            if value is None:
                continue
            x = head + i * step
            parts.append(CELL.format(0.05 + 0.5 * value / top, x, y, step, 24))
            parts.append(_text(x + step / 2, y + 16, text, "middle"))
    return _image(name, 20 + len(rows) * 24, parts)


def _image(name: str, height: float, parts: Sequence[Markup]) -> Markup:
    return IMAGE.format(name, WIDTH, max(height, 1) + 4, Markup("").join(parts))


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> Markup:
    return TEXT.format(kind, x, y, anchor, text)


def _line(points: Sequence[Point], look: str, dash: str) -> Markup:
    return LINE.format(look, dash or "none", " ".join(f"{x:.1f},{y:.1f}" for x, y in points))


def _y_axis(top: float, y_format: Format) -> list[Markup]:
    parts = []
    for quarter in range(5):
        y = TOP + PLOT_HEIGHT * (1 - quarter / 4)
        parts.append(GRID.format(LEFT, WIDTH - RIGHT, y, y))
        parts.append(_text(LEFT - 6, y + 4, y_format(top * quarter / 4), "end", "mute"))
    return parts


def _legend(names: Sequence[str], y: float, is_line: bool) -> tuple[list[Markup], float]:
    """Two entries a line; returns the parts and the height of the plot with them."""
    parts = []
    for number, text in enumerate(names):
        x, line = (number % 2) * WIDTH / 2, y + 14 + (number // 2) * 20
        look = number % COLOURS + 1
        if is_line:
            parts.append(_line([(x, line - 4), (x + 24, line - 4)], f"s{look}", DASHES[number % len(DASHES)]))
        else:
            parts.append(RECT.format(f"f{look}", x, line - 11, 24, 12))
        parts.append(_text(x + 30, line, text))
    return parts, y + 14 + ((len(names) + 1) // 2) * 20 - 8


def _anchor(value: float, low: float, high: float) -> str:
    return "start" if value == low and value != high else "end" if value == high and value != low else "middle"


def _nice(value: float) -> float:
    """The next round figure at or above a value, so that axis quarters are readable."""
    if value <= 0:
        return 1.0
    size = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 10.0 ** -len(f"{1 / value:.0f}")
    return next(size * step for step in (1, 2, 4, 5, 8, 10, 20, 40, 80, 100) if size * step >= value)


def _size(value: float) -> float:
    """A width; what is there at all can be seen."""
    return max(value, 1.0 if value > 0 else 0.0)


def _length(text: str) -> int:
    """Width of a text in half letters of other scripts: a Han character is as wide as two Latin ones."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
