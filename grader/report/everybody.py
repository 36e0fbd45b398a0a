"""The class page's list of all submissions, which can be sorted and filtered; complete without script."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Outcome, Status, points_shown
from grader.overview import LETTERS, Asked, Overview, Standing
from grader.report.clean import html
from grader.report.matrix import MANY, has_a_row_for_each
from grader.report.people import address_of, link
from grader.report.words import status_said

_FAILED = LETTERS[Outcome.FAILED]
SCRIPT = """
(()=>{const t=document.getElementById('fl-all');if(!t)return;const $=i=>document.getElementById(i);
const q=$('fl-filter'),s=$('fl-which'),n=$('fl-count'),heads=[...t.tHead.rows[0].cells],body=t.tBodies[0];
const cell=r=>i=>r.cells[i].textContent.trim();
let all=[...body.rows].map(r=>({r,of:cell(r),text:r.textContent.toLowerCase(),marks:r.className,also:[]}));
document.querySelectorAll('.fl-each').forEach(m=>{const ids=[...m.tHead.rows[0].cells].map(c=>c.textContent);
[...m.tBodies].flatMap(b=>[...b.rows]).forEach((r,i)=>all[i].also.push({m,r,ids}))});
const failed=(a,id)=>a.also.some(({r,ids})=>{const c=r.cells[ids.indexOf(id)];return c&&c.className=='f'});
const wanted=a=>!s.value||(s.value[0]=='='?a.marks.includes(s.value.slice(1)):failed(a,s.value));
const show=()=>{const w=q.value.toLowerCase();let shown=0;
all.forEach(a=>{const h=!(a.text.includes(w)&&wanted(a));shown+=!h;if(a.r.hidden!=h){a.r.hidden=h;a.also.forEach(o=>{o.r.hidden=h})}});
n.textContent=`${shown.toLocaleString('en')} of ${all.length.toLocaleString('en')} shown`};
const order=()=>{body.append(...all.map(a=>a.r));
document.querySelectorAll('.fl-each').forEach((m,i)=>{const rows=all.map(a=>a.also[i].r);
const size=m.tBodies[0].rows.length;[...m.tBodies].forEach((b,k)=>b.append(...rows.slice(k*size,(k+1)*size)))})};
heads.forEach((c,i)=>{const b=document.createElement('button');b.textContent=c.textContent;c.replaceChildren(b);let up=true;
b.addEventListener('click',()=>{const v=new Map(all.map(a=>{const x=a.of(i);return[a,x===''||isNaN(x)?x:+x]}));
const less=(p,q)=>p===''?q===''?0:1:q===''?-1:(p<q?-1:p>q?1:0)*(up?1:-1);
all=[...all].sort((x,y)=>less(v.get(x),v.get(y)));
heads.forEach(o=>o.removeAttribute('aria-sort'));c.setAttribute('aria-sort',up?'ascending':'descending');up=!up;order()})});
let soon;q.addEventListener('input',()=>{clearTimeout(soon);soon=setTimeout(show,60)});s.addEventListener('change',show);
$('fl-tools').hidden=false;show()})()
"""
"""Rows of the matrices stand in the same order as the list's, and are sorted and filtered with it."""


def everybody(overview: Overview) -> str:
    """A row for each submission: score, and the score before where that was another, status, what to mend."""
    if not overview.standings:
        return "<p>Nothing is graded yet.</p>"
    core = [place for place, asked in enumerate(overview.asked) if not asked.stretch]
    told = [html(asked.requirement) for asked in overview.asked]
    old = any(one.was for one in overview.standings)
    rows = "".join(
        _row(one, next((told[place] for place in core if one.outcomes[place] == _FAILED), ""), old=old)
        for one in overview.standings
    )
    long = len(overview.standings) > MANY
    heads = ("submission", *(["before"] if old else []), "score", "bonus", "status", "page")
    return (
        f'{_tools(overview)}<div class="fl-scroll{" fl-long" if long else ""}" tabindex="0" role="region" aria-label="all submissions">'
        f'<table class="fl-table fl-stack fl-rows{" fl-old" if old else ""}{" fl-many" if long else ""}" id="fl-all"><thead><tr>'
        + "".join(f'<th scope="col">{head}</th>' for head in heads)
        + f'<th scope="col" class="fl-wide">to mend first</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(one: Standing, mend_first: str, *, old: bool) -> str:
    before = f'<td class="fl-num">{_before(one)}' if old else ""
    return (
        f'<tr class="{" ".join(_marks(one))}"><td>{link(one)}{before}<td class="fl-num">{points_shown(one.score)}'
        f'<td class="fl-num">{points_shown(one.bonus)}<td>{status_said(one.status)}{", late" if one.whose.late else ""}'
        f'<td><a href="{address_of(one, "report.html")}">student’s</a>'
        f'<td class="fl-wide">{html(one.causes[0]) if one.causes else mend_first}'
    )


def _before(one: Standing) -> str:
    """The old score; nothing where nothing has changed."""
    return points_shown(one.was.score) if one.was else ""


def _marks(one: Standing) -> list[str]:
    """What the filter looks for."""
    human = ["hand"] if one.status is not Status.GRADED else []
    human += ["late"] if one.whose.late else []
    if one.was is None:
        return human
    gained = one.score - one.was.score
    return [*human, "changed", *(["gained"] if gained > 0 else ["lost"] if gained < 0 else [])]


def _tools(overview: Overview) -> str:
    """The filters, which only a script can work."""
    marks = [mark for one in overview.standings for mark in _marks(one)]
    words = {
        "hand": "to be looked at by hand",
        "late": "late",
        "changed": "changed",
        "gained": "gained points",
        "lost": "lost points",
    }
    which = "".join(
        f'<option value="={mark}">{told} ({marks.count(mark):,})' for mark, told in words.items() if mark in marks
    )
    failed = _failed_options(overview) if has_a_row_for_each(overview) else ""
    return (
        '<p id="fl-tools" class="fl-tools" hidden><input class="fl-filter" id="fl-filter" type="search" '
        'aria-label="show submissions with these words" placeholder="Show those with …"> '
        f'<select class="fl-filter" id="fl-which" aria-label="which submissions"><option value="">everybody{which}{failed}'
        '</select> <output id="fl-count" class="fl-soft"></output></p>'
    )


def _failed_options(overview: Overview) -> str:
    counted = [(asked, _failures(overview.standings, place)) for place, asked in enumerate(overview.asked)]
    options = "".join(f'<option value="{html(asked.id)}">{_told(asked)} ({n:,})' for asked, n in counted if n)
    return f'<optgroup label="who failed">{options}</optgroup>' if options else ""


def _told(asked: Asked) -> str:
    return html(asked.id) + (", hidden" if asked.hidden else "")


def _failures(standings: Sequence[Standing], place: int) -> int:
    return sum(one.outcomes[place] == _FAILED for one in standings)
