/** What every HTML document begins with. */

import { type Html, html, verbatim } from './html.ts'

/** Up to and with the opening of the body. The icon is an empty one, so that no browser asks for it. */
export function openedHtml(title: string, style: string): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${verbatim(style)}</style>
</head>
<body>`
}
