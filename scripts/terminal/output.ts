// How commands speak: one JSON object under --json, text otherwise; notes and the progress bar on stderr.
import cliProgress from 'cli-progress'

/** Prints `value` as one line of JSON, or the lines of `text`. */
export const printResult = (
  options: { json?: boolean },
  value: unknown,
  text: () => string[],
): void => {
  console.log(options.json ? JSON.stringify(value) : text().join('\n'))
}

/** A side note that does not belong to the result. */
export const note = (message: string): void => {
  process.stderr.write(`${message}\n`)
}

export interface Progress {
  update(stage: string, done: number, total: number): void
  stop(): void
}

/** A progress bar on stderr; nothing where stderr is no terminal or under --json. */
export const createProgress = (options: { json?: boolean }): Progress => {
  if (options.json || !process.stderr.isTTY) return { update: () => {}, stop: () => {} }
  const bar = new cliProgress.SingleBar({
    format: '{stage} [{bar}] {value}/{total}',
    clearOnComplete: true,
    hideCursor: true,
    stream: process.stderr,
  })
  let isStarted = false
  return {
    update: (stage, done, total) => {
      if (!isStarted) bar.start(total, done, { stage })
      isStarted = true
      bar.setTotal(total)
      bar.update(done, { stage })
    },
    stop: () => bar.stop(),
  }
}

/** 0.8765 as `87.7 %`; `–` where there is nothing to take a share of. */
export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`

/** The first line of a text, cut to fit a terminal. */
export const preview = (text: string, maxChars = 72): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= maxChars ? line : `${line.slice(0, maxChars - 1).toWellFormed()}…`
}
