/** A page to decide on: what waits for a person, each with all that it is about, and two buttons. */

import { script } from './inbox/client.ts'
import { openedHtml } from './page/document.ts'
import { html, verbatim } from './page/html.ts'
import { style } from './page/style.ts'

const own = `
header,main{max-width:52rem}
h2{margin-bottom:.75rem}
.approval{border:1px solid var(--line);border-radius:.75rem;background:var(--card);padding:1rem 1.1rem;margin-bottom:1rem}
.approval h3{color:var(--ink);font-size:1rem}
.approval pre{max-height:none}
.approval input{flex:1 1 14rem;width:auto}
#decided .approval{background:none}
`

/** What stands inline, for a policy that lets nothing else run. */
export const inline = { style: style + own, script: script() } as const

/** The page. What waits is no part of it: it asks for that with the credential of whoever looks. */
export function inbox(title: string): string {
  return html`${openedHtml(`Approvals: ${title}`, inline.style)}
<header><h1>Approvals: ${title}</h1>
<p class="lead">A call waits until somebody decides here. Once approved, it runs when the caller repeats it: that very call, once.</p></header>
<main>
<noscript><p>This page needs JavaScript; <code>capability approvals list</code> does the same without.</p></noscript>
<p id="told" role="status"></p>
<form id="enter" hidden><label for="token">The approver token that the program told when it started</label>
<div class="send"><input id="token" type="password" autocomplete="off" required><button class="safe">Enter</button></div></form>
<section aria-labelledby="pending-heading"><h2 id="pending-heading">Pending</h2><div id="pending"></div><p class="hint" id="none" hidden>Nothing waits.</p></section>
<section aria-labelledby="decided-heading"><h2 id="decided-heading">Decided or over</h2><div id="decided"></div></section>
</main>
<script>${verbatim(inline.script)}</script>
</body>
</html>
`.html
}
