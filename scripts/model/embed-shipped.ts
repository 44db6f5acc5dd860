// Embeds at an install what a first start would embed: the shipped exemplars, held-out prompts and perturbed copies. A first
// start finds the vectors in models/vectors by the encoder's id and the text's hash, and embeds only what is not among them.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { configSchema } from '../../src/config/config-schema.ts'
import { defaultConfig } from '../../src/config/default-config.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { silentLogger } from '../../src/core/logger.ts'
import { shippedVectorsFolder } from '../../src/encoder/model-files.ts'
import { createSupervisedEncoder } from '../../src/encoder/supervised.ts'
import { prepareTrainingSet } from '../../src/training/rebuild/prepare-training-set.ts'
import { note } from '../terminal/output.ts'

const PROCESSES = 2
const IN_FLIGHT = 4 * PROCESSES

export interface EmbedShippedOptions {
  trainingDir?: string
  /** Folder of the vectors. */
  into?: string
}

/** @returns how many texts were embedded, and how many were known */
export const embedShipped = async ({
  trainingDir = join(projectRoot(), 'training-data'),
  into = shippedVectorsFolder(),
}: EmbedShippedOptions = {}): Promise<{ embedded: number; reused: number }> => {
  const config = configSchema.parse(defaultConfig({}))
  const encoder = await createSupervisedEncoder({
    config: {
      ...config.encoder,
      processes: PROCESSES,
      queue_limit: IN_FLIGHT,
      deadline_ms: 60_000,
    },
    logger: silentLogger,
  })
  try {
    const shared = { config, trainingDir, encoder, store: null, concurrency: IN_FLIGHT }
    const { embedded, reused } = await prepareTrainingSet({ ...shared, cacheDir: into })
    return { embedded, reused }
  } finally {
    await encoder.close()
  }
}

/** A failure does not break the install: the first start then takes longer, and reports what is wrong. */
const run = async (): Promise<void> => {
  const startedAt = performance.now()
  const result = await embedShipped().then(
    ({ embedded, reused }) => `${embedded} texts embedded, ${reused} known`,
    (error: Error) => `not embedded, ${error.message}`,
  )
  note(`shipped exemplars: ${result} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run()
