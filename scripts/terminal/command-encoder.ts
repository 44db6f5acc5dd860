// How a command starts its encoder. A process that runs command after command may keep each kind that it has started.
import type { Encoder } from '../../src/encoder/encoder.ts'
import {
  createSupervisedEncoder,
  type SupervisedEncoderOptions,
} from '../../src/encoder/supervised.ts'

/** By their settings; null where each command ends its own. */
let kept: Map<string, Promise<Encoder>> | null = null

/** From now on an encoder outlives its command, serves later ones of the same settings, and ends with this process. */
export const keepEncoders = (): void => {
  kept ??= new Map()
}

const startKept = async (options: SupervisedEncoderOptions): Promise<Encoder> => {
  const encoder = await createSupervisedEncoder(options)
  return { ...encoder, close: async () => {} }
}

export const startEncoder = (options: SupervisedEncoderOptions): Promise<Encoder> => {
  if (kept === null) return createSupervisedEncoder(options)
  const settings = JSON.stringify(options.config)
  const known = kept.get(settings)
  if (known) return known
  const started = startKept(options)
  kept.set(settings, started)
  started.catch(() => kept?.delete(settings))
  return started
}
