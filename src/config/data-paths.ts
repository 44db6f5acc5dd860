// Paths of the files and folders that a server reads and writes.
import { join, resolve } from 'node:path'
import type { Config } from './config-schema.ts'
import type { Environment } from './environment.ts'

export interface DataPaths {
  /** The data folder itself. */
  data: string
  /** Index generations and the pointer to the current one. */
  index: string
  /** Embeddings of training texts, so that a rebuild embeds only what is new. */
  cache: string
  database: string
  trainingData: string
}

/** `SIGNALBOX_DATA` or ./data, and the configured training data, relative to the working folder. */
export const dataPaths = (
  config: Pick<Config, 'training_data'>,
  options: { env: Environment; cwd: string },
): DataPaths => {
  const data = resolve(options.cwd, options.env.SIGNALBOX_DATA || 'data')
  return {
    data,
    index: join(data, 'index'),
    cache: join(data, 'cache'),
    database: join(data, 'signalbox.db'),
    trainingData: resolve(options.cwd, config.training_data),
  }
}
