// The encoder process: loads the model, warms up, then embeds one prompt at a time. Started by encoder-process.ts. Exits when the
// channel to its parent closes, and ignores signals meant for the parent (Ctrl-C reaches the whole process group).
import type { EncoderConfig } from '../config/config-schema.ts'
import { toRouterError } from '../errors.ts'
import type { Encoder } from './encoder.ts'
import type { ErrorReport, FromChild, ToChild } from './messages.ts'

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

const start = async (config: EncoderConfig): Promise<Encoder> => {
  // Signals are ignored from the first line on, not only when the runtime is loaded.
  const { createTransformersEncoder } = await import('./transformers.ts')
  const encoder = await createTransformersEncoder(config)
  for (const words of WARM_UP_WORDS) await encoder.embed('word '.repeat(words))
  return encoder
}

const answer = async (encoder: Encoder, job: number, text: string): Promise<void> => {
  try {
    send({ type: 'embedded', job, vector: await encoder.embed(text) })
  } catch (error) {
    send({ type: 'failed', job, error: report(error) })
  }
}

let encoder: Encoder | undefined

process.on('message', async (message: ToChild) => {
  if (message.type === 'embed') {
    if (encoder) await answer(encoder, message.job, message.text)
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
