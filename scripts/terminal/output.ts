// How commands speak, and the one place in scripts/ that writes to the terminal: one JSON object under --json, text
// otherwise; notes, errors and the progress bar on stderr. Control characters are escaped: no text can control the terminal.
import cliProgress from 'cli-progress'
import { visible, visibleJson } from '../../src/core/visible.ts'
import { hasColours, paintLine, type Span } from './style.ts'

/** Lines on stdout; a line break within one of them is shown, not made. */
export const printLines = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.map(visible).join('\n')}\n`)
}

/** Lines on stdout, with colours where it is a terminal. */
export const printStyled = (lines: readonly (readonly Span[])[]): void => {
  const isColoured = hasColours(process.stdout)
  process.stdout.write(`${lines.map((spans) => paintLine(spans, isColoured)).join('\n')}\n`)
}

/** One JSON value on stdout. */
export const printJson = (value: unknown, indent?: number): void => {
  process.stdout.write(`${visibleJson(JSON.stringify(value, null, indent))}\n`)
}

/** Prints `value` as one line of JSON, or the lines of `text`. */
export const printResult = (
  options: { json?: boolean },
  value: unknown,
  text: () => string[],
): void => {
  if (options.json) printJson(value)
  else printLines(text())
}

/** A side note that does not belong to the result, on stderr; it may have several lines. */
export const note = (message: string): void => {
  process.stderr.write(`${message.split('\n').map(visible).join('\n')}\n`)
}

/** Text of a dialogue, which may stop in the middle of a line. */
export const show = (output: NodeJS.WritableStream, text: string): void => {
  output.write(text.split('\n').map(visible).join('\n'))
}

export interface Progress {
  update(stage: string, done: number, total: number): void
  stop(): void
}

/** A progress bar on stderr with rate and time left; nothing where stderr is no terminal or under --json. */
export const createProgress = (
  options: { json?: boolean },
  { stream = process.stderr as NodeJS.WriteStream, now = Date.now } = {},
): Progress => {
  if (options.json || !stream.isTTY) return { update: () => {}, stop: () => {} }
  const bar = new cliProgress.SingleBar({
    format: '{stage} [{bar}] {value}/{total}, {rate}/s, {eta_formatted} left',
    clearOnComplete: true,
    hideCursor: true,
    stream,
  })
  let shown: string | null = null
  let startedAtMs = 0
  return {
    // A stage counts things of its own, so rate and time left begin anew with it.
    update: (stage, done, total) => {
      if (stage !== shown) {
        if (shown !== null) bar.stop()
        startedAtMs = now()
        bar.start(total, done, { stage, rate: '–' })
        shown = stage
      }
      const seconds = (now() - startedAtMs) / 1000
      bar.setTotal(total)
      bar.update(done, { stage, rate: seconds > 0 ? Math.round(done / seconds) : '–' })
    },
    stop: () => bar.stop(),
  }
}

/** 0.8765 as `87.7 %`; `–` where there is nothing to take a share of. */
export const percent = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined ? '–' : `${(share * 100).toFixed(digits)} %`

/** The first line of a text, cut to fit a terminal. */
export const preview = (text: string, maxChars = 72): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= maxChars ? line : `${line.slice(0, maxChars - 1).toWellFormed()}…`
}
