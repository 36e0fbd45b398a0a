"""The look of both pages: one sheet, light and dark, from a phone's width up, and on paper."""

SHEET = """
:root{color-scheme:light dark;--bg:#fbfaf7;--card:#fff;--ink:#1d2126;--soft:#555d66;--line:#d9d6cd;--ok:#15653a;
--bad:#a3201d;--odd:#7a4b00;--mark:#0b57a4;--bar:#c9d7ea;--tint:#f3f0e8}
@media(prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1b1f23;--ink:#e8e6e1;--soft:#a9b0b8;--line:#383e45;
--ok:#6fd097;--bad:#ff8f85;--odd:#f0bd6a;--mark:#8fc0ff;--bar:#2c4562;--tint:#22272c}}
*{box-sizing:border-box}
body{background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;max-width:68rem;
min-width:0;margin:0 auto;padding:1.2rem 1rem 4rem}
h1,h2,h3,p,a,td,th,summary,span{color:inherit}
h1{font-size:1.15rem;font-weight:600;color:var(--soft);margin:0 0 .6rem}
h2{font-size:1.25rem;margin:2.2rem 0 .6rem}h3{font-size:1rem;margin:1rem 0 .3rem}
a{color:var(--mark)}code,pre,.fl-seen{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
.fl-score{font-size:3.2rem;font-weight:700;letter-spacing:-.03em;line-height:1;margin:.2rem 0}
.fl-score small{font-size:1.1rem;font-weight:400;letter-spacing:0;color:var(--soft)}
.fl-soft{color:var(--soft)}h1,.fl-soft,.fl-band,.fl-row,summary{overflow-wrap:anywhere}
.fl-band{border-left:4px solid var(--odd);background:var(--tint);padding:.6rem .9rem;margin:.8rem 0}
.fl-first{border-left:4px solid var(--bad);background:var(--tint);padding:.7rem 1rem;margin:1.2rem 0}
.fl-first.fl-met{border-color:var(--ok)}
.fl-first p{margin:.2rem 0;overflow-wrap:anywhere}
.fl-item{border-top:1px solid var(--line);padding:.5rem 0}
.fl-item>summary,.fl-row{display:grid;grid-template-columns:1.6rem 3.6rem minmax(0,1fr);gap:.2rem .6rem;align-items:baseline}
.fl-item>summary{cursor:pointer;list-style:none}.fl-item>summary::-webkit-details-marker{display:none}
.fl-item>summary:hover{background:var(--tint)}
.fl-row{border-top:1px solid var(--line);padding:.5rem 0}
.fl-sign{font-weight:700}.fl-points{font-variant-numeric:tabular-nums;color:var(--soft)}
.fl-id{display:block;overflow-wrap:break-word;font:12px ui-monospace,Menlo,monospace;color:var(--soft)}
.fl-passed .fl-sign{color:var(--ok)}.fl-failed .fl-sign,.fl-failed .fl-word{color:var(--bad)}
.fl-inconclusive .fl-sign,.fl-error .fl-sign,.fl-inconclusive .fl-word,.fl-error .fl-word{color:var(--odd)}
.fl-word{font-weight:600}
.fl-body{margin:.6rem 0 1rem 0;padding:0 0 0 2.2rem}
.fl-pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem;margin:.4rem 0}
.fl-pair div{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;overflow-wrap:anywhere}
.fl-pair h3{margin:0 0 .2rem;font-size:.8rem;color:var(--soft)}
.fl-pair .fl-observed{border-color:var(--bad)}
.fl-seen{margin:.3rem 0;padding-left:1.2rem;overflow-wrap:anywhere}
.fl-hint{font-style:italic}
.fl-figure{margin:1rem 0;padding:.8rem;border:1px solid var(--line);border-radius:6px;background:var(--card);overflow-x:auto}
.fl-figure svg{display:block;max-width:none}
.fl-tenths svg{width:30rem;max-width:100%;height:auto}
.fl-figure figcaption{color:var(--soft);font-size:.9rem;margin-bottom:.5rem}
svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .s{fill:var(--soft)}svg .m{font-family:ui-monospace,Menlo,monospace}
svg .l{stroke:var(--line);fill:none}svg .a{stroke:var(--mark);fill:none;stroke-width:1.5}svg .h{fill:var(--mark)}
svg .r{stroke:var(--bad);stroke-width:1.5;fill:none}svg .w{fill:var(--bar)}svg .d{stroke:var(--soft);stroke-dasharray:4 4}
svg .f{stroke:var(--ok);stroke-width:1.5;fill:none}svg .z{fill:var(--line)}svg .c{text-anchor:middle}svg .e{text-anchor:end}
.fl-figure svg text{paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}
svg .you{fill:var(--bad)}svg .ref{fill:var(--ok)}
.fl-key{display:inline-block;width:.8rem;height:.8rem;margin-left:.6rem}.fl-key.you{background:var(--bad)}.fl-key.ref{background:var(--ok)}
.fl-code pre{margin:0;overflow-x:auto;tab-size:4}
.fl-code [data-n]::before{content:attr(data-n);display:inline-block;width:2.6rem;margin-right:.8rem;text-align:right;color:var(--soft)}
.fl-table{border-collapse:collapse;width:100%;font-size:.92rem}
.fl-table th,.fl-table td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;
overflow-wrap:break-word}.fl-table th{white-space:nowrap}
.fl-table th button,#results-table th button{font:inherit;font-weight:600;background:none;border:0;padding:0;color:var(--mark);cursor:pointer}
.fl-scroll{overflow-x:auto}.fl-num{text-align:right!important;font-variant-numeric:tabular-nums}
.fl-output{max-height:20rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);
border:1px solid var(--line);border-radius:6px;padding:.6rem}
.fl-long{max-height:85vh;overflow:auto}.fl-long thead{position:sticky;top:0;z-index:2;background:var(--bg)}
.fl-matrix{border-spacing:0;font:12px ui-monospace,Menlo,monospace;display:block;width:max-content}
.fl-matrix thead,.fl-matrix tbody{display:block;width:max-content}
.fl-many.fl-matrix tbody{content-visibility:auto;contain-intrinsic-size:auto 60rem auto 950px}.fl-matrix tr{display:flex}
.fl-matrix td,.fl-matrix th{flex:none;width:19px;height:19px;line-height:18px;overflow:hidden;padding:0;
border:solid var(--line);border-width:0 1px 1px 0;text-align:center}
.fl-matrix th[scope=row],.fl-matrix thead td{width:min(var(--fl-name),40vw);height:auto;padding:0 .3rem;position:sticky;left:0;
background:var(--bg);text-align:left;white-space:nowrap;text-overflow:ellipsis;font-weight:400}
.fl-matrix thead th{height:auto;padding:.3rem 0;font-weight:400;text-align:right;writing-mode:vertical-rl}
.fl-matrix tbody td{color:var(--ok)}.fl-matrix tbody .f{color:var(--bad);background:var(--tint);font-weight:700}
.fl-matrix tbody .n{color:var(--ink)}.fl-matrix tbody .i,.fl-matrix tbody .e{color:var(--odd);font-weight:700}
.fl-rows,.fl-rows thead,.fl-rows tbody{display:block}
.fl-rows tr{display:grid;grid-template-columns:minmax(9rem,1.6fr) 4rem 4rem 7rem 5.5rem minmax(10rem,4fr)}
.fl-old tr{grid-template-columns:minmax(9rem,1.6fr) 4.5rem 4rem 4rem 7rem 5.5rem minmax(10rem,4fr)}
.fl-many.fl-rows tbody tr{content-visibility:auto;contain-intrinsic-size:auto 2.2rem}
.fl-tools:not([hidden]){display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
.fl-filter{font:inherit;padding:.35rem .6rem;border:1px solid var(--soft);border-radius:6px;background:var(--card);
color:var(--ink);width:min(22rem,100%)}
.fl-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr[hidden]{display:none!important}
@media(max-width:40rem){.fl-stack thead tr,.fl-stack tbody tr{display:grid;grid-template-columns:1fr auto;gap:.1rem .6rem;
padding:.35rem 0;border-bottom:1px solid var(--line)}.fl-stack td,.fl-stack th{border:0;padding:0}
.fl-stack .fl-wide{grid-column:1/-1}.fl-stack .fl-first-column{grid-row:1}
.fl-pair{grid-template-columns:1fr}.fl-body{padding-left:0}.fl-score{font-size:2.6rem}
.fl-item>summary,.fl-row{grid-template-columns:1.3rem 3rem minmax(0,1fr)}}
@media print{.fl-figure svg{max-width:100%;height:auto}.fl-figure,.fl-output,.fl-code pre{overflow:visible;max-height:none;white-space:pre-wrap}
.fl-row,.fl-figure,.fl-first,.fl-pair{break-inside:avoid}summary{break-after:avoid}.controls,.filters,.filter,.fl-tools,#results-table,.fl-of-pytest{display:none}.fl-item::details-content,.fl-first details::details-content{content-visibility:visible;block-size:auto}.fl-long{max-height:none}body{max-width:none}}
#results-table{color:var(--ink);border-color:var(--line);font-size:.9rem;width:100%}
#results-table th,#results-table td,#environment td{border-color:var(--line);overflow-wrap:anywhere}
#environment tr:nth-child(odd),.logwrapper,.logwrapper .logexpander{background:var(--card)!important}
.logwrapper .log{color:var(--ink);border-color:var(--line);background:var(--card)}
span.passed,.passed .col-result,.passed .col-result:hover{color:var(--ok)}
span.failed,.failed .col-result,.failed .col-result:hover,span.error,.error .col-result,.log .error{color:var(--bad)}
span.skipped,span.xfailed,span.xpassed,span.rerun,span.retried{color:var(--soft)}
.run-count,.summary__spacer,input.filter:disabled,input.filter:disabled+span{display:none}.summary__data{flex:1 1 auto}.filters{flex-wrap:wrap;color:var(--soft)}
.filters button,.collapse button{color:var(--mark)}
body,main{display:flex;flex-direction:column}main>*,body>*{min-width:0;max-width:100%;width:100%}
main>#environment-header,main>#environment,main>#title+p,body>#environment-header,body>#environment,body>#title+p{order:1}
#environment{width:auto!important;align-self:flex-start}
.logwrapper .logexpander{display:none}.logwrapper,.logwrapper .log{max-height:none!important;height:auto!important;
min-height:0!important;overflow-wrap:anywhere}.logwrapper{overflow:auto!important}
.logwrapper .log{top:0!important;padding-right:5px!important}.col-result{width:5rem!important}.extras-row .extra{padding:.3rem!important}
"""

WITHOUT_SCRIPT = "#results-table,.controls,.filter,.fl-of-pytest,#environment,#environment-header{display:none}"
"""pytest-html's own table is made by its script: without it there would be an empty one, and boxes that filter nothing."""

SCRIPT_FOR_PYTEST_HTML = """
document.documentElement.lang='en';
const push=history.pushState;history.pushState=(...to)=>{try{push.apply(history,to)}catch{}};
addEventListener('DOMContentLoaded',()=>{
const m=document.createElement('main'),b=document.body;
[...b.childNodes].filter(n=>n.nodeName!=='TEMPLATE'&&n.nodeName!=='SCRIPT').forEach(n=>m.append(n));b.prepend(m);
['#title+p','#environment-header','#environment'].forEach(w=>{const e=m.querySelector(w);if(e)m.append(e)});
document.querySelectorAll('input.filter').forEach(i=>i.setAttribute('aria-label','show '+i.dataset.testResult));
const fix=()=>{document.querySelectorAll('#results-table .collapsible .col-result').forEach(t=>{t.tabIndex=0;
t.setAttribute('role','button');t.setAttribute('aria-label',t.textContent.trim()+', details');
t.onkeydown=e=>{if(e.key==='Enter'||e.key===' '){e.preventDefault();t.click()}}});
document.querySelectorAll('.logwrapper').forEach(w=>{w.tabIndex=0;w.setAttribute('role','region');
w.setAttribute('aria-label','message of '+w.closest('tbody').id)});
document.querySelectorAll('#results-table thead th').forEach(t=>{t.scope='col';if(!t.textContent.trim())t.remove();
if(t.dataset.columnType&&!t.querySelector('button')){const b=document.createElement('button');b.textContent=t.textContent;
b.dataset.columnType=t.dataset.columnType;b.onclick=()=>setTimeout(()=>b.focus());t.replaceChildren(b)}
const up=t.classList.contains('desc'),down=t.classList.contains('asc');
if(up||down)t.setAttribute('aria-sort',up?'descending':'ascending');else t.removeAttribute('aria-sort')})};
fix();new MutationObserver(fix).observe(m,{childList:true,subtree:true})});
"""
"""pytest-html's own table lacks names and keys for those who use neither eyes nor mouse; and it stays empty where a
folder of the page's has a `+` or an `@` in its name, since Chromium then refuses to note the sorting in the address."""
