// Begins the start of the encoder. A server does so before it loads the rest of the program: the process, which is slow to warm up, then
// starts meanwhile, on another core.
import type { Config } from '../config/config-schema.ts'
import type { Logger } from '../core/logger.ts'
import { ensureModel } from '../encoder/ensure-model.ts'
import { createSupervisedEncoder, type SupervisedEncoder } from '../encoder/supervised.ts'
import { RouterError } from '../errors.ts'
import { watchLoopLateness } from '../jobs/loop-lateness.ts'

export interface BegunEncoder {
  /** Id by the model files, known before the encoder is warm. */
  encoderId: Promise<string>
  warm: Promise<SupervisedEncoder>
}

interface EncoderOptions {
  config: Pick<Config, 'encoder'>
  logger: Logger
}

/** @throws RouterError `model_files_invalid` where the model files changed after they were checked */
const startEncoder = async (
  { config, logger }: EncoderOptions,
  expectedId: string,
): Promise<SupervisedEncoder> => {
  const { workedMs: lateMs } = watchLoopLateness()
  const supervised = await createSupervisedEncoder({ config: config.encoder, logger, lateMs })
  if (supervised.id === expectedId) return supervised
  await supervised.close()
  const message = `The model files have changed: found ${supervised.id}. Start again.`
  throw new RouterError('model_files_invalid', message)
}

/** Both promises may be left alone: neither is then an unhandled rejection. */
export const beginEncoder = (options: EncoderOptions): BegunEncoder => {
  const encoderId = ensureModel(options.config.encoder, options.logger).then(
    (model) => model.encoderId,
  )
  const warm = encoderId.then((id) => startEncoder(options, id))
  warm.catch(() => {})
  return { encoderId, warm }
}
