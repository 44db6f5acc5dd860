// The encoder's whole row of one text, by the server's own encoder.
import { RouterError } from '../errors.ts'
import { createStopwatch } from '../routing/stopwatch.ts'
import { digest } from './clock-and-digest.ts'
import type { RoutingEngine } from './routing-engine.ts'

export type EmbedRow = (text: string) => Promise<{ row: Float32Array; encoderId: string }>

/** @throws RouterError `encoder_unavailable` where the encoder gives no row */
export const createEmbedRow =
  ({ classify, encoderIdentity }: Pick<RoutingEngine, 'classify' | 'encoderIdentity'>): EmbedRow =>
  async (text) => {
    const routingText = {
      text,
      digest: digest(text),
      isTruncated: false,
      hasSignal: true,
      flags: [],
    }
    const { embedding } = await classify(routingText, createStopwatch())
    const encoderId = encoderIdentity()?.id
    if (embedding && encoderId !== undefined) return { row: embedding, encoderId }
    throw new RouterError('encoder_unavailable', 'The encoder gives no embedding now.', {
      isRetryable: true,
    })
  }
