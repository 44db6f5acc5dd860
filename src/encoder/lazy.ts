// An encoder that starts at its first text: most rebuilds find every vector in the cache and need none.
import { RouterError } from '../errors.ts'
import type { Encoder } from './encoder.ts'

export type EncoderIdentity = Pick<Encoder, 'id' | 'dimensions' | 'searchDimensions'>

export interface LazyEncoderOptions {
  /** The expected identity. */
  identity: EncoderIdentity
  start(): Promise<Encoder>
}

/** `embed` also throws `encoder_unavailable` where the started encoder has another identity. */
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
      // Where the start failed, `embed` has thrown the error, and there is nothing to close.
      const encoder = await started?.catch(() => null)
      await encoder?.close()
    },
  }
}
