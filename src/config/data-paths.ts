// Paths of the files and folders that a server reads and writes.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from './config-schema.ts'
import type { Environment } from './environment.ts'
import { projectRoot } from './project-root.ts'

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

const TRAINING_DATA = 'training-data'

/** The configured folder, else the one in the working folder, else the exemplars shipped with the program. */
const trainingFolder = (configured: string, cwd: string): string => {
  const folder = resolve(cwd, configured)
  const isShipped = configured === TRAINING_DATA && !existsSync(folder)
  return isShipped ? join(projectRoot(), TRAINING_DATA) : folder
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
    trainingData: trainingFolder(config.training_data, options.cwd),
  }
}
