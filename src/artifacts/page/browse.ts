/**
 * Finding one's way on the page. The page runs these functions in the browser, as they are written: they may use each other
 * and nothing else.
 */

import type { Control, Details, PageDocument, PageWindow, Time } from './dom.ts'

declare const document: PageDocument
declare const window: PageWindow

/** Opens the card that the address names. */
export function reveal() {
  const named = document.getElementById(decodeURIComponent(window.location.hash.slice(1)))
  const card = named?.closest<Details>('details')
  if (!card || !named) return
  card.open = true
  card.scrollIntoView()
}

/** Leaves the operations that have every word of the filter. */
export function filter() {
  const { value } = document.getElementById<Control>('filter') ?? { value: '' }
  const words = value.toLowerCase().split(/\s+/)
  let shown = 0
  for (const group of document.querySelectorAll('.group')) {
    const cards = [...group.querySelectorAll('.card')]
    for (const card of cards) {
      const text = card.querySelector('summary')?.textContent?.toLowerCase() ?? ''
      card.hidden = !words.every((word) => text.includes(word))
    }
    const left = cards.filter((card) => !card.hidden).length
    group.hidden = left === 0
    shown += left
  }
  const nothing = document.getElementById('nothing')
  if (nothing) nothing.hidden = shown > 0
}

/** Takes the list of calls from the page as it is now. */
export async function refresh() {
  const list = document.getElementById('trace-list')
  if (!list) return
  try {
    const answer = await fetch(window.location.pathname + window.location.search)
    const now = new window.DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('trace-list')
    if (answer.ok && now) list.replaceWith(now)
    localTimes()
  } catch {
    // The list stays as it was; a call says by itself that nothing answers.
  }
}

/** Times as the person reads them. */
export function localTimes() {
  for (const time of document.querySelectorAll<Time>('time'))
    time.textContent = new Date(time.dateTime).toLocaleTimeString()
}
