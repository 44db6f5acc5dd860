// The frame of a report: one HTML file, nothing loaded, no script, and a policy that would refuse both.
import { type Content, html, type Markup } from '../../../src/dashboard/charts/html.ts'
import { STYLE } from './style.ts'

export interface Section {
  id: string
  title: string
  body: Markup
}

export interface Page {
  title: string
  lead: Markup
  /** Who made it, and when. */
  made?: string
  /** Above the sections. */
  cards: readonly Markup[]
  sections: readonly Section[]
}

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

export const page = ({ title, lead, made = 'signalbox eval', cards, sections }: Page): string => {
  const style: Markup = { markup: STYLE }
  const columns = cards.length <= 5 ? cards.length : Math.ceil(cards.length / 2)
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<style>${style}</style>
</head>
<body><main>
<header><h1>${title}</h1><div class="lead">${lead}</div>
<nav>${sections.map(({ id, title: name }) => html`<a href="#${id}">${name}</a>`)}</nav></header>
<div class="cards" style="--columns:${columns}">${cards}</div>
${sections.map(({ id, title: name, body }) => html`<section id="${id}"><h2>${name}</h2>${body}</section>`)}
<footer>Made by ${made}. Hover over a mark for its figures.</footer>
</main></body></html>
`
  return markup.replace(/(\d) %/g, '$1\u00a0%')
}

export interface Card {
  name: string
  value: string
  note: Markup
}

export const card = ({ name, value, note }: Card): Markup =>
  html`<div class="card"><div class="name">${name}</div><div class="value">${value}</div><div class="note">${note}</div></div>`

export interface Column {
  name: string
  /** Figures stand to the right. */
  isNumber?: boolean
}

/** A table that scrolls within itself where it is long. */
export const htmlTable = (
  columns: readonly Column[],
  rows: readonly (readonly Markup[])[],
): Markup => {
  const kind = (i: number) => (columns[i]?.isNumber ? 'n' : '')
  return html`<div class="scroll"><table><thead><tr>${columns.map((column, i) => html`<th class="${kind(i)}">${column.name}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((content, i) => html`<td class="${kind(i)}">${content}</td>`)}</tr>`)}</tbody></table></div>`
}

export const figureOf = (picture: Markup, caption: Content): Markup =>
  html`<figure>${picture}<figcaption>${caption}</figcaption></figure>`
