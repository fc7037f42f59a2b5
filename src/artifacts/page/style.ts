/** How the page looks: one column, quiet, in light and dark; colour only where something is to be told. */
export const style = `
:root{color-scheme:light dark;--bg:#faf9f7;--card:#fff;--sunk:#f4f3f0;--ink:#1c1e22;--soft:#595f69;--line:#e3e1dc;--edge:#85888f;--link:#1a56b0;
--good:#116138;--good-bg:#e3f3e9;--odd:#7a4a00;--odd-bg:#fbefd6;--bad:#a3182d;--bad-bg:#fce8ea;--bad-solid:#b3192f;--accent:#1a56b0;--key:#1a56b0;--str:#116138;--lit:#8a3c00}
@media (prefers-color-scheme:dark){:root{--bg:#131417;--card:#1a1c20;--sunk:#212429;--ink:#e8e9ec;--soft:#a5abb6;--line:#2d3036;--edge:#7b818c;--link:#8db8f7;
--good:#85d6a6;--good-bg:#16301f;--odd:#edc075;--odd-bg:#33270f;--bad:#ff9ca6;--bad-bg:#3a181d;--bad-solid:#b3293c;--accent:#2f66b8;--key:#8db8f7;--str:#85d6a6;--lit:#edb98a}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:76rem;margin:0 auto;padding:0 1.25rem}
h1{font-size:clamp(1.6rem,4vw,2.15rem);line-height:1.2;letter-spacing:-.02em;margin:1.5rem 0 .5rem;font-weight:650;text-wrap:balance}
h2{font-size:1.2rem;letter-spacing:-.01em;margin:0;font-weight:650}
h3{font-size:.8rem;margin:0 0 .5rem;font-weight:600;color:var(--soft)}
p{margin:0 0 .6rem}
a{color:var(--link);text-underline-offset:.15em}
code,pre{font:.86em/1.5 ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.lead{font-size:1.06rem;max-width:46rem;color:var(--soft)}
.hint{color:var(--soft);font-size:.875rem;margin:0 0 .5rem}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:9;border-radius:.5rem}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
[hidden]{display:none!important}
header{padding-top:1.25rem}
.banner{display:inline-flex;flex-wrap:wrap;gap:.1rem .6rem;border-radius:.5rem;padding:.35rem .8rem;margin:0;font-size:.875rem}
.banner.sandbox,.from.sandbox b,.good,.badge.safe{background:var(--good-bg);color:var(--good)}
.banner.live{background:var(--bad-solid);color:#fff}
.banner.own,.from.own b{background:var(--sunk);color:var(--ink)}
section{margin:2.5rem 0}
.bar{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center;justify-content:space-between;margin-bottom:.75rem}
.columns{display:none}
.group{border:1px solid var(--line);border-radius:.75rem;background:var(--card);overflow:clip;margin-bottom:1.25rem}
.group>h3{margin:0;padding:.65rem 1.1rem;background:var(--sunk);border-bottom:1px solid var(--line)}
.card+.card{border-top:1px solid var(--line)}
.card{content-visibility:auto;contain-intrinsic-size:auto 4.5rem;scroll-margin-top:1rem}
.card[open]{content-visibility:visible}
summary{cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
.card>summary{display:grid;gap:.35rem .9rem;grid-template-columns:1fr auto;padding:.85rem 1.1rem;align-items:baseline}
.card>summary:hover,.trace>summary:hover{background:var(--sunk)}
.card>summary:focus-visible,.trace>summary:focus-visible{outline-offset:-3px;border-radius:.6rem}
.name{font-weight:600;display:block}
.name::before{content:"";display:inline-block;width:.4em;height:.4em;border:solid var(--soft);border-width:0 .13em .13em 0;transform:rotate(-45deg) translateY(-.12em);margin-right:.65em;transition:transform .15s}
[open]>summary .about,[open]>summary .at{display:none}
[open]>summary .name::before{transform:rotate(45deg) translate(-.1em,-.1em)}
.about{display:block;color:var(--soft);font-size:.9rem}
.at{grid-column:1/-1;font-size:.875rem;color:var(--soft)}
.at code{color:var(--ink)}
.at{display:grid;grid-template-columns:4.8rem minmax(0,1fr)}
.at.none{display:none}
.badge,.mark,.from b{display:inline-block;justify-self:start;border-radius:1rem;padding:.05rem .6rem;font-size:.8rem;font-weight:600;line-height:1.5;white-space:nowrap}
.badge.changes,.odd{background:var(--odd-bg);color:var(--odd)}
.badge.deletes,.bad{background:var(--bad-bg);color:var(--bad)}
.card.deletes{box-shadow:inset 3px 0 0 var(--bad-solid)}
.body{padding:.7rem 1.1rem 1.25rem;scroll-margin-top:6rem}
.description{max-width:52rem}
.ways{display:grid;gap:1.25rem;margin:1rem 0 1.25rem;grid-template-columns:minmax(0,1fr)}
.way{margin:0;min-width:0}
.way p{margin-bottom:.4rem}
.command{position:relative}
pre{margin:0 0 .5rem;padding:.7rem .85rem;background:var(--sunk);border-radius:.5rem;overflow:auto;max-height:15rem;white-space:pre-wrap}
.command pre::before{content:"";float:right;width:3.4rem;height:1.6rem}
button{font:inherit;font-size:.9rem;font-weight:600;border-radius:.5rem;border:1px solid var(--edge);background:var(--card);color:var(--ink);padding:.45rem 1rem;cursor:pointer;display:none}
.js button{display:inline-block}
button:hover{border-color:var(--ink)}
button.safe,button.changes{background:var(--accent);border-color:var(--accent);color:#fff}
button.deletes{background:var(--bad-solid);border-color:var(--bad-solid);color:#fff}
button[aria-disabled]{opacity:.6;cursor:progress}
.copy{position:absolute;top:.35rem;right:.35rem;padding:.1rem .55rem;font-size:.78rem;font-weight:500;border-color:var(--line);color:var(--soft)}
form[data-method]{border-top:1px solid var(--line);padding-top:1.1rem}
.fields{display:grid;gap:.9rem 1.25rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));margin-bottom:1rem}
.field{min-width:0}
.field label,.label{display:block;margin:0 0 .25rem;font-weight:500}
.what{color:var(--soft);font-size:.82rem;font-weight:400}
.field .hint{margin:.25rem 0 0;font-size:.82rem}
input,textarea,select{font:inherit;font-size:.95rem;width:100%;padding:.45rem .65rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--bg);color:var(--ink)}
textarea{font:.84rem/1.5 ui-monospace,Menlo,Consolas,monospace;resize:vertical;display:block}
::placeholder{color:var(--soft);opacity:1}
[aria-invalid]{border-color:var(--bad);border-width:2px}
.fault{color:var(--bad);font-size:.85rem;margin:.25rem 0 0}
.send{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:center}
.from{font-size:.875rem;color:var(--soft)}
.from.live b{background:var(--bad-solid);color:#fff}
.answer{margin:1.1rem 0 0}
.outcome{font-size:.9rem;margin-bottom:.5rem}
.text{max-height:32rem}
.key{color:var(--key)}.str{color:var(--str)}.lit{color:var(--lit)}
.filter{flex:0 1 100%}
.js .filter{display:block}
.filter{display:none}
.tiles{display:grid;gap:1.25rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,15.5rem),1fr));margin-top:.75rem}
.tile{border-top:2px solid var(--line);padding-top:.75rem;min-width:0}
.skill{border-top:1px solid var(--line);padding:.8rem 0;max-width:52rem;scroll-margin-top:1rem}
.skill h3,.tile h3{color:var(--ink);font-size:1rem}
#trace-list{border:1px solid var(--line);border-radius:.75rem;background:var(--card);overflow:clip}
#trace-list>p{padding:.85rem 1.1rem;margin:0}
.trace+.trace{border-top:1px solid var(--line)}
.trace>summary{display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:.55rem 1.1rem;align-items:baseline;font-size:.9rem}
.trace code{flex:1 1 14rem}
.trace time,.took{color:var(--soft);font-variant-numeric:tabular-nums;font-size:.85rem}
.through{color:var(--soft);min-width:2.6rem}
.took{min-width:4.2rem;text-align:right}
.trace>.hint{padding:0 1.1rem .5rem}
.spans{list-style:none;margin:0;padding:.25rem 1.1rem .5rem;font-size:.9rem}
.spans li{display:flex;flex-wrap:wrap;gap:.2rem .9rem;padding:.15rem 0}
.spans code{flex:none}.spans .hint{flex:1 1 12rem;margin:0}
.deep-1{margin-left:1.1rem}.deep-2{margin-left:2.2rem}.deep-3{margin-left:3.3rem}.deep-4{margin-left:4.4rem}
dialog{border:1px solid var(--line);border-radius:.9rem;background:var(--card);color:var(--ink);padding:1.4rem;max-width:min(34rem,calc(100vw - 2rem));box-shadow:0 1rem 3rem #0005}
dialog::backdrop{background:#0008}
dialog h2{margin-bottom:.5rem}
dialog .send{justify-content:flex-end;margin-top:1rem}
footer{padding-bottom:3rem}
.field:has([data-as=json]){grid-column:1/-1}
#skills h2{margin-bottom:.75rem}
@media (min-width:40rem){.filter{flex-basis:18rem}}
@media (min-width:62rem){
.ways{grid-template-columns:minmax(0,1.25fr) minmax(0,1fr) minmax(0,.9fr)}
.card>summary,.columns{grid-template-columns:minmax(0,1.3fr) 5.2rem minmax(0,1.6fr) minmax(0,.75fr) minmax(0,1fr)}
.columns{display:grid;gap:.9rem;padding:0 1.1rem .4rem;font-size:.8rem;color:var(--soft)}
.at,[open]>summary .at{grid-column:auto;display:block}
.at.none{display:block}
.kind{display:none}
}
@media (prefers-reduced-motion:reduce){*{transition:none!important;scroll-behavior:auto!important}}
@media print{details::details-content{content-visibility:visible;display:block}}
`
