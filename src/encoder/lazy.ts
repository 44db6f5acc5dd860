// An encoder that starts when the first text comes: most rebuilds know every vector already, and need none.
import { RouterError } from '../errors.ts'
import type { Encoder } from './encoder.ts'

export type EncoderIdentity = Pick<Encoder, 'id' | 'dimensions' | 'searchDimensions'>

export interface LazyEncoderOptions {
  /** What the encoder will turn out to be. */
  identity: EncoderIdentity
  start(): Promise<Encoder>
}

/** `embed` also throws `encoder_unavailable` where what was started is another encoder than was said. */
export const createLazyEncoder = ({ identity, start }: LazyEncoderOptions): Encoder => {
  let started: Promise<Encoder> | null = null
  const startChecked = async (): Promise<Encoder> => {
    const encoder = await start()
    if (encoder.id === identity.id && encoder.dimensions === identity.dimensions) return encoder
    await encoder.close()
    throw new RouterError(
      'encoder_unavailable',
      `The encoder is ${encoder.id} now, and was ${identity.id}: the model files changed. Restart the server.`,
    )
  }
  return {
    ...identity,
    embed: async (text, options) => {
      started ??= startChecked()
      return (await started).embed(text, options)
    },
    close: async () => {
      // One that did not start has told whoever asked it, and has nothing to close.
      const encoder = await started?.catch(() => null)
      await encoder?.close()
    },
  }
}
