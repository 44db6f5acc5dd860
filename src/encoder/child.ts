// The encoder process: loads the model, warms up, then answers one prompt at a time. Started by encoder-process.ts.
// It leaves when the channel to its parent closes, and not on a signal meant for the parent (Ctrl-C reaches the whole group).
import { getPriority, setPriority } from 'node:os'
import type { EncoderConfig } from '../config/config-schema.ts'
import { toRouterError } from '../errors.ts'
import type { Encoder } from './encoder.ts'
import type { ErrorReport, FromChild, ToChild } from './messages.ts'
import { createTransformersEncoder } from './transformers.ts'

/** Words per warm-up prompt: the runtime allocates on the first run of a length, and code is not compiled yet. */
const WARM_UP_WORDS = [2, 12, 50, 150, 400]

const NICENESS = 5

/**
 * The relaying process goes first where both want a core: a prompt may wait for its embedding, running streams may not.
 * Only from the moment it is warm: while it starts, every decision is degraded, and on a busy machine a start that steps
 * back for everything takes three times as long. A process that a rebuild started is lower already, and may not be
 * raised again.
 */
const stepBack = (): void => {
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
    stepBack()
    const { id: encoderId, dimensions, searchDimensions } = encoder
    send({ type: 'ready', encoderId, dimensions, searchDimensions })
  } catch (error) {
    send({ type: 'start_failed', error: report(error) })
  }
})
process.on('disconnect', () => process.exit(0))
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
