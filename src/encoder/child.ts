// The encoder process: loads the model, warms up, then embeds prompts in the order in which they come, those of equal length
// together. Started by encoder-process.ts. Exits when the channel to its parent closes, and ignores signals meant for the parent
// (Ctrl-C reaches the whole process group).
import type { EncoderConfig } from '../config/config-schema.ts'
import { toRouterError } from '../errors.ts'
import type { ErrorReport, FromChild, ToChild } from './messages.ts'
import { takeAlike, type WaitingPrompt } from './shared-runs.ts'
import type { TransformersEncoder } from './transformers.ts'

/** Words per warm-up prompt: the runtime allocates memory at the first run of each length, and compiles code. */
const WARM_UP_WORDS = [2, 12, 50, 150, 400]

/** Milliseconds after the start. Right at its end, marking that is under way keeps the model's files in every third process. */
const TIDY_AFTER_MS = 1_000

/** Frees the files of the model, which the runtime has copied: an idle process would keep them for as long as it lives. */
const tidy = (): void => {
  globalThis.gc?.()
}

const send = (message: FromChild): void => {
  if (process.connected) process.send?.(message)
}

const report = (error: unknown): ErrorReport => {
  const { code, message, details } = toRouterError(error)
  return { code, message, details }
}

const start = async (config: EncoderConfig): Promise<TransformersEncoder> => {
  // Signals are ignored from the first line on, not only when the runtime is loaded.
  const { createTransformersEncoder } = await import('./transformers.ts')
  const encoder = await createTransformersEncoder(config)
  for (const words of WARM_UP_WORDS) await encoder.embed('word '.repeat(words))
  return encoder
}

const fail = (job: number, error: unknown): void =>
  send({ type: 'failed', job, error: report(error) })

/** Rows of equal length, one after the other. */
const joined = ([first, ...more]: Float32Array[]): Float32Array => {
  if (!first || more.length === 0) return first ?? new Float32Array(0)
  const all = new Float32Array(first.length * (more.length + 1))
  for (const [at, row] of [first, ...more].entries()) all.set(row, at * first.length)
  return all
}

const answer = async (encoder: TransformersEncoder, taken: WaitingPrompt[]): Promise<void> => {
  try {
    const rows = await encoder.embedAll(taken.map(({ prompt }) => prompt))
    send({ type: 'embedded', jobs: taken.map(({ job }) => job), rows: joined(rows) })
  } catch (error) {
    // Of several only one may be at fault.
    if (taken.length > 1) for (const one of taken) await answer(encoder, [one])
    else for (const { job } of taken) fail(job, error)
  }
}

let encoder: TransformersEncoder | undefined
const waiting: WaitingPrompt[] = []
let isWorking = false

const work = async (encoder: TransformersEncoder): Promise<void> => {
  if (isWorking) return
  isWorking = true
  while (waiting.length > 0) {
    await answer(encoder, encoder.sharesRuns ? takeAlike(waiting) : waiting.splice(0, 1))
    // What has come meanwhile is read, so that it can share the next run.
    await new Promise(setImmediate)
  }
  isWorking = false
}

const accept = (encoder: TransformersEncoder, job: number, text: string): void => {
  try {
    waiting.push({ job, prompt: encoder.prepare(text) })
    void work(encoder)
  } catch (error) {
    fail(job, error)
  }
}

process.on('message', async (message: ToChild) => {
  if (message.type === 'embed') {
    if (encoder) accept(encoder, message.job, message.text)
    return
  }
  try {
    encoder = await start(message.config)
    const { id: encoderId, dimensions, searchDimensions } = encoder
    send({ type: 'ready', encoderId, dimensions, searchDimensions })
    setTimeout(tidy, TIDY_AFTER_MS)
  } catch (error) {
    send({ type: 'start_failed', error: report(error) })
  }
})
process.on('disconnect', () => process.exit(0))
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
