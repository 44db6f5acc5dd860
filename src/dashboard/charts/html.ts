// Markup by template, with everything that is not markup escaped: prompts in a report are somebody else's text.

/** Text that is HTML already. */
export interface Markup {
  readonly markup: string
}

export type Content = Markup | string | number | null | readonly Markup[]

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSHOWABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g

/** Safe as text and inside quoted attributes; what HTML cannot hold becomes U+FFFD. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(UNSHOWABLE, '\ufffd')
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)

const render = (content: Content): string => {
  if (content === null) return ''
  if (typeof content === 'string') return escaped(content)
  if (typeof content === 'number') return String(content)
  if ('markup' in content) return content.markup
  return content.map((item) => item.markup).join('')
}

/** `html\`<b>${text}</b>\`` escapes `text`, and takes markup and lists of markup as they are. */
export const html = (strings: TemplateStringsArray, ...values: Content[]): Markup => ({
  markup: strings.reduce((out, part, i) => out + render(values[i - 1] ?? null) + part),
})

/** Nothing. */
export const NOTHING: Markup = { markup: '' }

/** Text of a prompt: apart from ours to the eye, and unable to turn the direction of what follows. */
export const quoted = (text: string, maxChars = 220): Markup => {
  const line = text.replace(/\s+/g, ' ').trim()
  const cut = line.length > maxChars ? `${line.slice(0, maxChars - 1)}…` : line
  return html`<bdi class="prompt">${cut}</bdi>`
}

/** A route's name; a muted dash where none was taken. */
export const routeName = (route: string | null): Markup =>
  route === null
    ? html`<span class="muted">no route</span>`
    : html`<bdi class="route">${route.split(/(?<=[_./-])/).map((part) => html`${part}<wbr>`)}</bdi>`
