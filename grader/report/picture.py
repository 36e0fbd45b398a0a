"""A story as a sequence diagram: clients, the server and its children side by side, time downward, a row for each event."""

from __future__ import annotations

from grader.model import Result
from grader.recording import NEVER, Recording
from grader.report.clean import columns, fitting, html
from grader.report.rows import SERVER, Kind, Row, Wait
from grader.report.scenes import SENTENCES
from grader.report.story import Story, story_of
from grader.wording import retold, say, say_of

_ROW, _TOP, _TIMES, _SIDE = 20, 44, 62, 44
_LEAST, _MOST = 88, 190
"""Distance of two lanes."""
_ROOM = 640
_NARROWEST = 330
_WORD = 26
"""Characters that a lane has room for."""


def sequence(recording: Recording, result: Result) -> str:
    """The scene as a figure: inline SVG, and the same as a table; "" where nothing was seen."""
    story = story_of(recording, result)
    if not story.rows:
        return ""
    scene = say(SENTENCES.get(recording.experiment, ""))
    seen = say("What was seen, time downward{left_out}", left_out=_left_out(story))
    caption = say("{scene} {seen}", scene=scene, seen=seen).strip()
    name = f"fl-{result.id.replace('/', '-')}"
    return (
        f'<figure class="fl-figure" tabindex="0"><figcaption>{html(caption)}</figcaption>'
        f"{_svg(story, caption, name)}"
        f"<details><summary>{say('The same as a table')}</summary>"
        f'<table class="fl-table"><thead><tr><th scope="col">{say("When")}</th><th scope="col">{say("What")}</th></tr></thead>'
        f"<tbody>{''.join(map(_in_the_table, story.rows))}</tbody></table></details></figure>"
    )


def _left_out(story: Story) -> str:
    clients, processes = story.others
    told = [say_of(clients, "{number:,} client", "{number:,} clients")] if clients else []
    told += [say_of(processes, "{number:,} process", "{number:,} processes")] if processes else []
    return say("; not drawn: {things}", things=say(", ").join(told)) if told else ""


def _in_the_table(row: Row) -> str:
    return f"<tr><td>{row.time}<td>{html(row.said)}"


class _Canvas:
    """Where lanes and rows stand."""

    def __init__(self, story: Story) -> None:
        self._story = story
        lanes: list[str | int] = [*story.clients, SERVER, *story.processes]
        step = min(_MOST, max(_LEAST, _ROOM // len(lanes)))
        self.lanes = {lane: _TIMES + _SIDE + place * step for place, lane in enumerate(lanes)}
        self.width = max(_NARROWEST, _TIMES + 3 * _SIDE + (len(lanes) - 1) * step)
        self.height = _TOP + _ROW * len(story.rows)

    def since(self, time: float) -> int:
        """The first row that is not before a moment."""
        return _TOP + _ROW * sum(row.at < time for row in self._story.rows)

    def until(self, time: float) -> int:
        """The last row that is not after it; the end, where it never comes."""
        place = sum(row.at <= time for row in self._story.rows) - 1
        return self.height - 6 if time == NEVER else _TOP + _ROW * place


def _svg(story: Story, caption: str, name: str) -> str:
    canvas = _Canvas(story)
    return (
        f'<svg width="{canvas.width}" height="{canvas.height}" viewBox="0 0 {canvas.width} {canvas.height}" role="img" '
        f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{html(caption)}</title>'
        f'<desc id="{name}-d">{_described(len(story.rows))}</desc>'
        f"{''.join(_lane(canvas, lane) for lane in canvas.lanes)}"
        f"{''.join(_bar(canvas, wait) for wait in story.waits)}"
        f"{''.join(_drawn(canvas, row, _TOP + place * _ROW) for place, row in enumerate(story.rows))}</svg>"
    )


def _described(events: int) -> str:
    return say("A sequence of {number} events; the table below tells the same.", number=events)


def _lane(canvas: _Canvas, lane: str | int) -> str:
    x = canvas.lanes[lane]
    label = retold(lane) if isinstance(lane, str) else f"pid {lane}" if lane else say("the server")
    return f'<text x={x} y=16 class=c>{html(fitting(label, 14))}</text><path class=l d="M{x} 24V{canvas.height - 6}"></path>'


def _bar(canvas: _Canvas, wait: Wait) -> str:
    """From when to when somebody waited, with what for, where between two rows there is room for it."""
    x = canvas.lanes[wait.client or wait.pid]
    top, bottom = canvas.since(wait.since), canvas.until(wait.until)
    if bottom <= top:
        return ""
    kind = "w" if wait.client else "z"
    y = (top + bottom) // 2 + 3
    word = f'<text x={x - 7} y={y} class="s e">{html(wait.word)}</text>' if wait.word and bottom - top > _ROW else ""
    return f"<rect class={kind} x={x - 4} y={top} width=8 height={bottom - top}></rect>{word}"


def _drawn(canvas: _Canvas, row: Row, y: int) -> str:
    time = f"<text x=0 y={y + 4} class=m>{row.time.removesuffix(' s')}</text>"
    return time + _DRAWN[row.kind](canvas, row, y)


def _arrow(canvas: _Canvas, row: Row, y: int) -> str:
    """Its word stands beside the client's lane, where no other arrow has one."""
    client, process = canvas.lanes[row.client], canvas.lanes[row.pid]
    start, end = (client, process) if row.kind is Kind.TO_SERVER else (process, client)
    return _line(start, end, y, "r" if row.kind is Kind.CUT else "a") + _beside(client, y, row.word)


def _fork(canvas: _Canvas, row: Row, y: int) -> str:
    return _line(canvas.lanes[SERVER], canvas.lanes[row.pid], y, "f") + _beside(canvas.lanes[SERVER], y, row.word)


def _line(start: int, end: int, y: int, kind: str) -> str:
    tip = 6 if start > end else -6
    return f'<path class={kind} d="M{start} {y}H{end}m{tip} -4l{-tip} 4l{tip} 4"></path>'


def _beside(x: int, y: int, word: str) -> str:
    return f"<text x={x + 9} y={y - 3}>{html(fitting(word, _WORD))}</text>"


def _mark(canvas: _Canvas, row: Row, y: int) -> str:
    """A dot on the lane; its words run to the side on which there is room."""
    x = canvas.lanes[row.pid]
    word = html(fitting(row.word, 2 * _WORD))
    room = 7 * columns(word)
    left = x + room > canvas.width and x - room > _TIMES
    text = f'<text x={x - 8} y={y + 4} class="e">{word}</text>' if left else f"<text x={x + 8} y={y + 4}>{word}</text>"
    return f"<circle class=h cx={x} cy={y} r=4></circle>{text}"


def _look(canvas: _Canvas, row: Row, y: int) -> str:
    return (
        f'<path class=d d="M{_TIMES} {y}H{canvas.width}"></path>'
        f'<text x={canvas.width - 2} y={y - 3} class="s e">{html(fitting(row.word, 60))}</text>'
    )


def _gap(canvas: _Canvas, row: Row, y: int) -> str:
    return f"<text x={_TIMES} y={y + 4} class=s>{html(row.said)}</text>"


_DRAWN = {
    Kind.TO_SERVER: _arrow,
    Kind.TO_CLIENT: _arrow,
    Kind.CUT: _arrow,
    Kind.FORK: _fork,
    Kind.DEED: _mark,
    Kind.LOOK: _look,
    Kind.GAP: _gap,
}
