"""The script of the student's page: what pytest-html's own table lacks, and its words in other languages than English."""

from __future__ import annotations

import json

from grader.report.style import SCRIPT_FOR_PYTEST_HTML
from grader.wording import ENGLISH, language, say, tag

_WORDS_OF_THE_TABLE = """
const W=WORDS;
const said=t=>{const k=t.trim();if(W[k])return t.replace(k,W[k]);
let f=k.match(/^([0-9]+) (.+?)(,?)$/);if(f&&W[f[2]])return f[1]+' '+W[f[2]]+f[3];
f=k.match(/^([0-9]+) tests? took (.+)\\.$/);return f?TOOK.replace('{number}',f[1]).replace('{time}',f[2]):t};
const told=()=>{const w=document.createTreeWalker(document.body,NodeFilter.SHOW_TEXT);
while(w.nextNode()){const n=w.currentNode;if(n.parentElement.closest('.additional-summary,script,style,template'))continue;
const t=said(n.nodeValue);if(t!==n.nodeValue)n.nodeValue=t}};
addEventListener('DOMContentLoaded',()=>{const by=document.querySelector('#title+p');
if(by)by.firstChild.nodeValue=MADE.replace('{when}',by.firstChild.nodeValue.replace('Report generated on ','').replace(' by ','').replace(' at ',' '));
told();new MutationObserver(told).observe(document.body,{childList:true,subtree:true})});
"""


def script_for_pytest_html() -> str:
    """The script, in the language that is spoken."""
    if language() == ENGLISH.language:
        return SCRIPT_FOR_PYTEST_HTML
    script = _WORDS_OF_THE_TABLE
    for name, words in (
        ("WORDS", _words()),
        ("TOOK", say("{number} tests took {time}.", number="{number}", time="{time}")),
        ("MADE", say("Report generated on {when} by ", when="{when}")),
    ):
        script = script.replace(name, json.dumps(words, ensure_ascii=False))
    ours = SCRIPT_FOR_PYTEST_HTML.replace("lang='en'", f"lang='{tag()}'")
    for english, words in (
        ("'show '", say("show ")),
        ("', details'", say(", details")),
        ("'message of '", say("message of ")),
    ):
        ours = ours.replace(english, json.dumps(words, ensure_ascii=False))
    return script + ours


def _words() -> dict[str, str]:
    """What pytest-html says on every page."""
    return {
        "Environment": say("Environment"),
        "Summary": say("Summary"),
        "(Un)check the boxes to filter the results.": say("(Un)check the boxes to filter the results."),
        "Show all details": say("Show all details"),
        "Hide all details": say("Hide all details"),
        "No results found. Check the filters.": say("No results found. Check the filters."),
        "No log output captured.": say("No log output captured."),
        "Result": say("Result"),
        "Test": say("Test"),
        "Duration": say("Duration"),
        "Links": say("Links"),
        "Failed": say("Failed"),
        "Passed": say("Passed"),
        "Skipped": say("Skipped"),
        "Expected failures": say("Expected failures"),
        "Unexpected passes": say("Unexpected passes"),
        "Errors": say("Errors"),
        "Reruns": say("Reruns"),
        "Retried": say("Retried"),
    }
