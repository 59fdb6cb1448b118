// The look of the report: one style sheet, light and dark, with the two languages' switch.
#pragma once

#include <string_view>

namespace campgate::rush {

inline constexpr std::string_view report_style = R"css(
:root{--paper:#fbfaf7;--card:#fff;--ink:#1d2733;--soft:#5b6773;--rule:#dfe3e6;--good:#1f7a4d;
--bad:#b3261e;--placed:#2563a8;--partly:#86b4e0;--refused:#e0a030;--repeated:#9aa5b1;
--turned_away:#c2410c;--lost:#6b2fa0;--due:#1d2733;--free:#2563a8;--full:#e9ecef}
@media(prefers-color-scheme:dark){:root{--paper:#12171d;--card:#1a2129;--ink:#e6eaee;--soft:#9aa7b4;
--rule:#313b46;--good:#5cc28c;--bad:#ff8a80;--placed:#5b9be0;--partly:#2f5d8f;--refused:#d9972b;
--repeated:#66727f;--turned_away:#f0703a;--lost:#b48ae0;--due:#e6eaee;--free:#5b9be0;--full:#252e38}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,"DejaVu Sans",sans-serif}
main{max-width:64rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:.2rem 0}
h2{font-size:1.2rem;margin:0 0 .2rem}
p{margin:.2rem 0 .6rem}
.soft{color:var(--soft)}
.language{position:absolute;opacity:0}
nav{display:flex;gap:.3rem;justify-content:flex-end;max-width:64rem;margin:0 auto;padding:1rem 1rem 0}
nav label{padding:.2rem .8rem;border:1px solid var(--rule);border-radius:2rem;cursor:pointer;color:var(--soft)}
#fr:checked~nav label[for=fr],#en:checked~nav label[for=en]{background:var(--ink);color:var(--paper)}
#fr:focus-visible~nav label[for=fr],#en:focus-visible~nav label[for=en]{outline:3px solid var(--placed)}
#fr:checked~main .en,#en:checked~main .fr{display:none}
section{background:var(--card);border:1px solid var(--rule);border-radius:.6rem;padding:1rem 1.2rem;margin:1rem 0}
.verdict{border-left:.5rem solid var(--good)}.verdict.wrong{border-left-color:var(--bad)}
.verdict h2{color:var(--good)}.verdict.wrong h2{color:var(--bad)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,42vw),1fr));gap:1rem;margin:1rem 0}
.cards div{background:var(--card);border:1px solid var(--rule);border-radius:.6rem;padding:.8rem 1rem}
.cards b{display:block;font-size:1.7rem;line-height:1.2;font-variant-numeric:tabular-nums}
.cards div>span{color:var(--soft);font-size:.9rem}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.9rem;padding:0;margin:.2rem 0 .4rem;list-style:none}
.legend i{display:inline-block;width:.9em;height:.9em;border-radius:2px;margin-right:.4em;vertical-align:-.1em}
.plot{overflow-x:auto}
svg{display:block;width:100%;min-width:40rem;height:auto}
svg text{fill:var(--soft);font-size:12px}
svg .unit{font-size:12px;fill:var(--soft)}
svg .note{font-size:12px;font-weight:600}
.axis{stroke:var(--soft);stroke-width:1}.grid{stroke:var(--rule);stroke-width:1}
.mark{stroke:var(--ink);stroke-width:1;stroke-dasharray:3 3}
polyline{fill:none;stroke-width:2;stroke-linejoin:round}
.placed{fill:var(--placed);background:var(--placed)}.partly{fill:var(--partly);background:var(--partly)}
.refused{fill:var(--refused);background:var(--refused)}.repeated{fill:var(--repeated);background:var(--repeated)}
.turned_away{fill:var(--turned_away);background:var(--turned_away)}.lost{fill:var(--lost);background:var(--lost)}
.due{background:var(--due)}
polyline.due{stroke:var(--due);stroke-width:1.5}
polyline.first{stroke:var(--placed)}polyline.second{stroke:var(--refused)}polyline.third{stroke:var(--lost)}
i.first,svg .note.first{fill:var(--placed);background:var(--placed)}
i.second,svg .note.second{fill:var(--refused);background:var(--refused)}
i.third,svg .note.third{fill:var(--lost);background:var(--lost)}
.free{fill:var(--free)}.full{fill:var(--full)}
svg .week{font-size:11.5px;fill:var(--ink)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.93rem}
th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
td.n,th.n{text-align:right}
.scroll{overflow-x:auto}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85rem;margin:.3rem 0}
details summary{cursor:pointer;font-weight:600}
@media print{nav{display:none}section{break-inside:avoid}}
)css";

}  // namespace campgate::rush
