// A full-screen view on a terminal that is redrawn periodically and reads keys, like `top`. The previous screen is restored at
// the end, also after an error.
import { hasColours, paintLine, type Span } from './style.ts'

export interface LiveScreenOptions {
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
  /** Lines for the screen's size. */
  draw: (size: { columns: number; rows: number }) => Span[][]
  /** A key was hit; it is drawn anew afterwards. */
  onKey: (key: string) => void
}

export interface LiveScreen {
  draw(): void
  close(): void
}

const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const END_OF_LINE = '\u001b[K'
const REST_OF_SCREEN = '\u001b[J'

/** No wider than the screen: a line that wraps would push the others down. */
const fitted = (spans: readonly Span[], columns: number): Span[] => {
  let left = columns
  return spans.map((span) => {
    const text = typeof span === 'string' ? span : span.text
    const kept = text.slice(0, Math.max(0, left)).toWellFormed()
    left -= kept.length
    return typeof span === 'string' ? kept : { ...span, text: kept }
  })
}

export const openLiveScreen = ({ input, output, draw, onKey }: LiveScreenOptions): LiveScreen => {
  const redraw = (): void => {
    const { columns = 80, rows = 24 } = output
    const isColoured = hasColours(output)
    const lines = draw({ columns, rows }).slice(0, rows)
    const painted = lines.map(
      (spans) => `${paintLine(fitted(spans, columns), isColoured)}${END_OF_LINE}`,
    )
    output.write(`${HOME}${painted.join('\r\n')}${REST_OF_SCREEN}`)
  }
  const hit = (data: Buffer | string): void => {
    for (const key of data.toString()) onKey(key)
    redraw()
  }
  output.write(ENTER)
  output.on('resize', redraw)
  input.setRawMode(true)
  input.on('data', hit)
  input.resume()
  return {
    draw: redraw,
    close: () => {
      output.off('resize', redraw)
      input.off('data', hit)
      input.setRawMode(false)
      input.pause()
      output.write(LEAVE)
    },
  }
}
