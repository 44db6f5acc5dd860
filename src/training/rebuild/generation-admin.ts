// The operations of a running server on its generations: rebuilds, requested or scheduled, promotion and rollback. The commands call
// the same functions of training/ on the same folder.
import type { Config } from '../../config/config-schema.ts'
import type { DataPaths } from '../../config/data-paths.ts'
import type { Logger } from '../../core/logger.ts'
import type { EncoderIdentity } from '../../encoder/lazy.ts'
import { RouterError } from '../../errors.ts'
import { REBUILD_NICENESS } from '../../jobs/priority.ts'
import type { Store } from '../../store/store.ts'
import { assertNotBuilding } from '../../vector-index/build-lock.ts'
import { type HistoryEvent, readHistory } from '../../vector-index/history.ts'
import {
  describeGeneration,
  describeGenerations,
  type GenerationList,
  lastBuiltAtMs,
} from '../generations/list-generations.ts'
import type { DescribedGeneration } from '../generations/listed-generation.ts'
import {
  type Moved,
  type PromoteOptions,
  promoteGeneration,
  type RollBackOptions,
  rollBack,
} from '../generations/make-current.ts'
import { createRebuilds, type Rebuilds, type RebuildsOptions } from './background-rebuilds.ts'
import { type RebuildRequest, runRebuild } from './rebuild-job.ts'
import { createRebuildScheduler } from './rebuild-scheduler.ts'

/** The operations behind /admin/generations and /admin/rebuild. */
export interface GenerationAdmin {
  list(): Promise<GenerationList>
  /** @throws RouterError `not_found` */
  get(generation: number): Promise<DescribedGeneration>
  /** @throws RouterError as `promoteGeneration` */
  promote(generation: number, options: PromoteOptions): Promise<Moved>
  /** @throws RouterError as `rollBack` */
  rollBack(options: RollBackOptions): Promise<Moved>
  /** Oldest first. */
  history(): Promise<HistoryEvent[]>
  /**
   * Starts a rebuild in the background.
   * @throws RouterError `build_in_progress`, also where a command rebuilds; `encoder_unavailable` while the encoder starts;
   *   `invalid_request`
   */
  rebuild(request: RebuildRequest): Promise<{ id: string }>
  rebuildState: Rebuilds['state']
}

export interface GenerationService {
  admin: GenerationAdmin
  /** Starts the scheduler of rebuilds. */
  start(): void
  /** Kills a running rebuild. */
  close(): Promise<void>
}

export interface GenerationServiceOptions {
  /** The serving configuration. */
  config: () => Config
  paths: DataPaths
  engine: {
    /** Null until the encoder has started. */
    encoderIdentity(): EncoderIdentity | null
    /** Loads the generation of the `current` pointer. */
    reload(): Promise<void>
  }
  store: Pick<Store, 'countNewVotes'>
  newId: () => string
  now: () => number
  logger: Logger
  /** Replaces the rebuild process in tests. */
  run?: typeof runRebuild
}

/** Interval at which the scheduler checks whether a rebuild is due. */
const LOOK_MS = 30_000

/** @throws RouterError `encoder_unavailable` while the encoder starts */
const identityOf = ({ engine }: GenerationServiceOptions): EncoderIdentity => {
  const known = engine.encoderIdentity()
  if (known) return known
  throw new RouterError('encoder_unavailable', 'The encoder is still warming up.')
}

/** Runs one rebuild in a child process, after which the server checks the index again. */
const createRun =
  (options: GenerationServiceOptions): RebuildsOptions['run'] =>
  async (request, runOptions) => {
    const { config, paths, engine, run = runRebuild } = options
    const report = await run(
      {
        ...request,
        config: { ...config() },
        indexDir: paths.index,
        trainingDir: paths.trainingData,
        cacheDir: paths.cache,
        databaseFile: paths.database,
        encoder: identityOf(options),
        processes: 1,
        niceness: REBUILD_NICENESS,
      },
      runOptions,
    )
    await engine.reload()
    return report
  }

const createAdmin = (options: GenerationServiceOptions, rebuilds: Rebuilds): GenerationAdmin => {
  const { paths, engine, logger } = options
  const moved = async (
    move: Promise<Moved>,
    { author, reason }: Pick<PromoteOptions, 'author' | 'reason'>,
    message: string,
  ): Promise<Moved> => {
    const result = await move
    logger.info({ ...result, author, reason }, message)
    await engine.reload()
    return result
  }
  return {
    list: () => describeGenerations(paths.index),
    get: (generation) => describeGeneration(paths.index, generation),
    promote: (generation, by) =>
      moved(promoteGeneration(paths.index, generation, by), by, 'a generation was promoted'),
    rollBack: (by) => moved(rollBack(paths.index, by), by, 'rolled back to an earlier generation'),
    history: () => readHistory(paths.index),
    rebuild: async (request) => {
      identityOf(options)
      await assertNotBuilding(paths.index)
      const { id, done } = rebuilds.start(request)
      // background-rebuilds.ts logs the error and keeps it in its state.
      done.catch(() => undefined)
      return { id }
    },
    rebuildState: rebuilds.state,
  }
}

export const createGenerationService = (options: GenerationServiceOptions): GenerationService => {
  const { config, paths, engine, store, newId, now, logger } = options
  const rebuilds = createRebuilds({ run: createRun(options), newId, now, logger })
  const scheduler = createRebuildScheduler({
    training: () => config().training,
    countNewVotes: store.countNewVotes,
    lastBuiltAtMs: () => lastBuiltAtMs(paths.index),
    rebuild: (trigger) => rebuilds.start({ trigger, author: 'signalbox' }).done,
    isRebuilding: () => rebuilds.state().running !== null || engine.encoderIdentity() === null,
    logger,
    now,
  })
  return {
    admin: createAdmin(options, rebuilds),
    start: () => scheduler.start(LOOK_MS),
    close: async () => {
      await rebuilds.close()
      await scheduler.stop()
    },
  }
}
