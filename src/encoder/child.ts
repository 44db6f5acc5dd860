// The encoder process: loads the model, warms up, then embeds one prompt at a time. Started by encoder-process.ts. Exits when the
// channel to its parent closes, and ignores signals meant for the parent (Ctrl-C reaches the whole process group).
import { getPriority, setPriority } from 'node:os'
import type { EncoderConfig } from '../config/config-schema.ts'
import { toRouterError } from '../errors.ts'
import type { Encoder } from './encoder.ts'
import type { ErrorReport, FromChild, ToChild } from './messages.ts'
import { createTransformersEncoder } from './transformers.ts'

/** Words per warm-up prompt: the runtime allocates memory at the first run of each length, and compiles code. */
const WARM_UP_WORDS = [2, 12, 50, 150, 400]

const NICENESS = 5

/**
 * Lowers the priority of this process below the serving one: prompts may wait for their embedding, running streams may not. Only once
 * it is warm, because every decision is degraded during the start, which on a busy machine would take three times as long at the lower
 * priority. A process of a rebuild has a lower priority already, which cannot be raised again.
 */
const lowerPriority = (): void => {
  if (getPriority() < NICENESS) setPriority(NICENESS)
}

const send = (message: FromChild): void => {
  if (process.connected) process.send?.(message)
}

const report = (error: unknown): ErrorReport => {
  const { code, message, details } = toRouterError(error)
  return { code, message, details }
}

const start = async (config: EncoderConfig): Promise<Encoder> => {
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
    lowerPriority()
    const { id: encoderId, dimensions, searchDimensions } = encoder
    send({ type: 'ready', encoderId, dimensions, searchDimensions })
  } catch (error) {
    send({ type: 'start_failed', error: report(error) })
  }
})
process.on('disconnect', () => process.exit(0))
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
