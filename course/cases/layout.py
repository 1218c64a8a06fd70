"""A case as a picture: its scenes in rows from the start down to the endings, none on top of another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from course.content.schema import Decision, Ending, Gate, Scenario, Scene

LETTER, PADDING, NARROWEST = 7.6, 26.0, 96.0
"""Of a box: the width of a letter, what stands beside the letters, and the least width."""
HEIGHT, GAP, LANE, ROW = 46.0, 26.0, 14.0, 92.0
"""Of a box; between two boxes; the width of a line that passes between boxes; from one row to the next."""
SWEEPS = 12

Pair = tuple[str, str]
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A scene in the picture, by the middle of its box."""

    scene: Scene
    row: int
    x: float
    y: float
    width: float
    height: float = HEIGHT


@dataclass(frozen=True)
class Line:
    """From one scene to another, by way of points between the boxes of the rows that it passes."""

    start: str
    to: str
    points: tuple[Point, ...]
    back: bool
    """Whether it leads up, to a scene of an earlier row or the same."""


@dataclass(frozen=True)
class Picture:
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def picture(scenario: Scenario) -> Picture:
    """Draw a case in rows (Sugiyama, Tagawa, Toda 1981), without a random choice: the same case, the same picture.

    A scene stands below all that lead to it (longest path), endings in the last row by rank. Lines that pass a row get
    a lane in it, so they run between the boxes. Rows are put in the order that crosses fewest lines (barycentres),
    and moved sideways towards their neighbours, never nearer to each other than their widths allow.
    """
    scenes = {scene.id: scene for scene in scenario.scenes}
    pairs = _pairs(scenario)
    rows = _rows(scenario, pairs)
    down = [pair for pair in pairs if rows[pair[0]] < rows[pair[1]]]
    layers, links, lanes = _layers(scenario, rows, down)
    order = _ordered(layers, links)
    widths = {name: _width(scenes[name]) if name in scenes else LANE for layer in layers for name in layer}
    xs = _placed(order, links, widths)
    left = min(xs[name] - widths[name] / 2 for name in widths)
    right = max(xs[name] + widths[name] / 2 for name in widths)
    place = {name: (xs[name] - left, rows.get(name, 0) * ROW + HEIGHT / 2) for name in widths}
    for number, layer in enumerate(order):
        place |= {name: (place[name][0], number * ROW + HEIGHT / 2) for name in layer}
    boxes = tuple(Box(scene, rows[name], *place[name], widths[name]) for name, scene in scenes.items())
    lines = [Line(*pair, tuple(_course(pair, lanes, place)), back=False) for pair in down]
    side = right - left + GAP
    lines += [Line(*pair, _return(pair, place, widths, side), back=True) for pair in pairs if pair not in lanes]
    wide = right - left + (2 * GAP if len(lines) > len(down) else 0)
    return Picture(boxes, tuple(lines), wide, (len(order) - 1) * ROW + HEIGHT)


def _pairs(scenario: Scenario) -> list[Pair]:
    """Give each way from a scene to another once, in the order of the file."""
    found: dict[Pair, None] = {}
    known = {scene.id for scene in scenario.scenes}
    for scene in scenario.scenes:
        if isinstance(scene, Decision):
            found |= dict.fromkeys((scene.id, answer.to) for answer in scene.answers)
        elif isinstance(scene, Gate):
            found |= dict.fromkeys((scene.id, route.to) for route in scene.routes)
    return [pair for pair in found if pair[1] in known]


def _rows(scenario: Scenario, pairs: list[Pair]) -> dict[str, int]:
    """Give every scene its row: one below the lowest scene that leads to it, ways back left out."""
    leads: dict[str, list[str]] = {scene.id: [] for scene in scenario.scenes}
    for start, to in pairs:
        leads[start].append(to)
    after = _after(leads, [scenario.start, *leads])
    rows = dict.fromkeys(leads, 0)
    place = {name: number for number, name in enumerate(after)}
    for name in after:
        for to in leads[name]:
            if place[to] > place[name]:
                rows[to] = max(rows[to], rows[name] + 1)
    endings = [scene.id for scene in scenario.scenes if isinstance(scene, Ending)]
    inner = [row for name, row in rows.items() if name not in endings]
    last = max([1 + max(inner, default=-1), *(rows[name] for name in endings)])
    return rows | dict.fromkeys(endings, last)


def _after(leads: dict[str, list[str]], starts: Iterable[str]) -> list[str]:
    """Order the scenes so that each stands behind those that lead to it, ways back left out."""
    done: dict[str, None] = {}
    seen: set[str] = set()
    for start in starts:
        waiting = [(start, False)]
        while waiting:
            name, left = waiting.pop()
            if left:
                done[name] = None
            elif name not in seen and name in leads:
                seen.add(name)
                waiting.append((name, True))
                waiting += [(to, False) for to in leads[name]]
    return list(done)[::-1]


def _layers(
    scenario: Scenario, rows: dict[str, int], down: list[Pair]
) -> tuple[list[list[str]], list[Pair], dict[Pair, list[str]]]:
    """Sort names into rows, with a lane for each line in each row that it passes."""
    layers: list[list[str]] = [[] for _ in range(max(rows.values()) + 1)]
    ranked = sorted(scenario.scenes, key=lambda scene: scene.rank if isinstance(scene, Ending) else 0)
    for scene in ranked:
        layers[rows[scene.id]].append(scene.id)
    links: list[Pair] = []
    lanes: dict[Pair, list[str]] = {}
    for start, to in down:
        lanes[start, to] = [f"{start}>{to}>{row}" for row in range(rows[start] + 1, rows[to])]
        for row, lane in enumerate(lanes[start, to], start=rows[start] + 1):
            layers[row].append(lane)
        links += pairwise([start, *lanes[start, to], to])
    return layers, links, lanes


def _ordered(layers: list[list[str]], links: list[Pair]) -> list[list[str]]:
    """Put each row in the order of what it hangs on, down and up again, and keep the order with the fewest crossings.

    The last row stays as it is: the endings by rank.
    """
    above, below = _neighbours(links)
    order = [list(layer) for layer in layers]
    best, fewest = [list(layer) for layer in order], _crossings(order, above)
    for sweep in range(SWEEPS):
        steps = range(1, len(order) - 1) if sweep % 2 == 0 else range(len(order) - 2, -1, -1)
        for row in steps:
            other, hangs = (order[row - 1], above) if sweep % 2 == 0 else (order[row + 1], below)
            place = {name: number for number, name in enumerate(other)}
            order[row].sort(key=_barycentre(hangs, place, order[row]))
        crossings = _crossings(order, above)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in order], crossings
    return best


def _neighbours(links: list[Pair]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for start, to in links:
        above.setdefault(to, []).append(start)
        below.setdefault(start, []).append(to)
    return above, below


def _barycentre(hangs: dict[str, list[str]], place: dict[str, int], row: list[str]) -> Callable[[str], float]:
    known = {name: number for number, name in enumerate(row)}

    def middle(name: str) -> float:
        places = [place[each] for each in hangs.get(name, ())]
        return sum(places) / len(places) if places else known[name]

    return middle


def _crossings(order: list[list[str]], above: dict[str, list[str]]) -> int:
    count = 0
    for upper, lower in pairwise(order):
        place = {name: number for number, name in enumerate(upper)}
        ends = [sorted(place[each] for each in above.get(name, ())) for name in lower]
        count += sum(
            high > low
            for number, left in enumerate(ends)
            for right in ends[number + 1 :]
            for high in left
            for low in right
        )
    return count


def _placed(order: list[list[str]], links: list[Pair], widths: dict[str, float]) -> dict[str, float]:
    """Move the boxes of each row towards the middle of their neighbours, row by row, down and up."""
    above, below = _neighbours(links)
    xs: dict[str, float] = {}
    for layer in order:
        xs |= dict(zip(layer, _apart(layer, [0.0] * len(layer), widths), strict=True))
    for sweep in range(SWEEPS):
        rows = order[1:] if sweep % 2 == 0 else order[-2::-1]
        hangs = above if sweep % 2 == 0 else below
        for layer in rows:
            wanted = []
            for name in layer:
                near = [xs[each] for each in hangs.get(name, ())]
                wanted.append(sum(near) / len(near) if near else xs[name])
            xs |= dict(zip(layer, _apart(layer, wanted, widths), strict=True))
    return xs


def _apart(layer: list[str], wanted: list[float], widths: dict[str, float]) -> list[float]:
    """Place a row as near to what is wanted as its order and widths allow.

    The least squares of such a row are an isotonic regression, found by pooling adjacent violators.
    """
    offsets = [0.0]
    for left, right in pairwise(layer):
        offsets.append(offsets[-1] + (widths[left] + widths[right]) / 2 + GAP)
    pools: list[tuple[float, int]] = []
    for each, offset in zip(wanted, offsets, strict=True):
        mean, size = each - offset, 1
        while pools and pools[-1][0] >= mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    means = [mean for mean, size in pools for _ in range(size)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _width(scene: Scene) -> float:
    return max(NARROWEST, len(scene.id) * LETTER + PADDING)


def _course(pair: Pair, lanes: dict[Pair, list[str]], place: dict[str, Point]) -> Iterable[Point]:
    """Lead a line from the foot of one box, straight through its lanes, to the head of the other."""
    start, to = pair
    yield place[start][0], place[start][1] + HEIGHT / 2
    for lane in lanes[pair]:
        x, y = place[lane]
        yield x, y - HEIGHT / 2
        yield x, y + HEIGHT / 2
    yield place[to][0], place[to][1] - HEIGHT / 2


def _return(pair: Pair, place: dict[str, Point], widths: dict[str, float], side: float) -> tuple[Point, ...]:
    """Lead a way back round the right side of the picture."""
    (start_x, start_y), (to_x, to_y) = place[pair[0]], place[pair[1]]
    first, last = (start_x + widths[pair[0]] / 2, start_y), (to_x + widths[pair[1]] / 2, to_y)
    return (first, (side, start_y), (side, to_y), last)
