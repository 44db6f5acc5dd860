// A chart of charts/, which writes SVG and escapes every text in it, within a page; its figures stand beside it for those who do
// not see it.

import { raw } from 'hono/html'
import type { PropsWithChildren } from 'hono/jsx'
import type { Markup } from './html.ts'

/** `children` is the same in words or as a table. */
export const Drawing = (props: PropsWithChildren<{ markup: Markup; size: 'small' | 'large' }>) => (
  <figure class={`drawing ${props.size}`}>
    {raw(props.markup.markup)}
    <figcaption>{props.children}</figcaption>
  </figure>
)
