// Colours, where somebody looks: a terminal that is not `dumb`, unless NO_COLOR is set (https://no-color.org); FORCE_COLOR
// asks for them anywhere. A text is made visible first and painted afterwards, so that no text can bring its own colours.
import { visible } from '../../src/core/visible.ts'

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const

export type Style = keyof typeof CODES

/** A piece of a line; plain where it is a bare text. */
export type Span = string | { text: string; style: Style }

export interface Screen {
  isTTY?: boolean | undefined
}

/** Whether colours may be written to a stream. */
export const hasColours = (screen: Screen, env: NodeJS.ProcessEnv = process.env): boolean => {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0'
  return screen.isTTY === true && env.TERM !== 'dumb'
}

/** One line, safe for a terminal. */
export const paintLine = (spans: readonly Span[], isColoured: boolean): string =>
  spans
    .map((span) => {
      if (typeof span === 'string') return visible(span)
      const [on, off] = CODES[span.style]
      const text = visible(span.text)
      return isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text
    })
    .join('')
