// Checking the training data, in a process of its own: the check stands in quality/, which the server names and does not load.
import type { Config } from '../config/config-schema.ts'
import type { DataPaths } from '../config/data-paths.ts'
import { RouterError } from '../errors.ts'
import { entryPoint } from '../jobs/entry-point.ts'
import { createJob } from '../jobs/run-job.ts'
import type { Store } from '../store/store.ts'
import type { LintReport } from '../training/reports/lint-report.ts'
import { createLintRuns, type LintRuns } from '../training/reports/lint-runs.ts'
import type { RoutingEngine } from './routing-engine.ts'

const runLint = createJob<object, LintReport>({
  name: 'lint',
  module: entryPoint(import.meta.url, './../quality/lint/lint-job.js'),
})

export const createLint = (options: {
  config: () => Config
  paths: DataPaths
  engine: Pick<RoutingEngine, 'encoderIdentity'>
  store: Pick<Store, 'flush'>
}): LintRuns => {
  const { config, paths, engine, store } = options
  return createLintRuns({
    now: Date.now,
    run: async () => {
      const encoder = engine.encoderIdentity()
      if (encoder === null) {
        throw new RouterError('encoder_unavailable', 'The encoder is still warming up.')
      }
      await store.flush()
      return runLint({
        config: { ...config() },
        encoder,
        trainingDir: paths.trainingData,
        cacheDir: paths.cache,
        indexDir: paths.index,
        databaseFile: paths.database,
      })
    },
  })
}
