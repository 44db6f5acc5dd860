// What a running server does with its generations: rebuilds, asked for or due, and the way forth and back between them. The
// commands call the same functions of training/ on the same folder.
import type { Config } from '../../config/config-schema.ts'
import type { DataPaths } from '../../config/data-paths.ts'
import type { Logger } from '../../core/logger.ts'
import type { EncoderIdentity } from '../../encoder/lazy.ts'
import { RouterError } from '../../errors.ts'
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

/** What /admin may do with generations. */
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
   * Begins a rebuild in the background.
   * @throws RouterError `build_in_progress`, also where a command rebuilds; `encoder_unavailable` before the first start
   *   is through; `invalid_request`
   */
  rebuild(request: RebuildRequest): Promise<{ id: string }>
  rebuildState: Rebuilds['state']
}

export interface GenerationService {
  admin: GenerationAdmin
  /** Begins to look for rebuilds that are due. */
  start(): void
  /** Kills what is being rebuilt. */
  close(): Promise<void>
}

export interface GenerationServiceOptions {
  /** As configured now. */
  config: () => Config
  paths: DataPaths
  engine: {
    /** Null until the encoder has started. */
    encoderIdentity(): EncoderIdentity | null
    /** Makes the served generation that of the pointer. */
    reload(): Promise<void>
  }
  store: Pick<Store, 'countNewVotes'>
  newId: () => string
  now: () => number
  logger: Logger
  /** Stands in for the rebuild's process in tests. */
  run?: typeof runRebuild
}

/** How often is asked whether a rebuild is due. */
const LOOK_MS = 30_000

/** As nice(1) counts: serving goes first. */
const NICENESS = 10

/** @throws RouterError `encoder_unavailable` before the first start is through */
const identityOf = ({ engine }: GenerationServiceOptions): EncoderIdentity => {
  const known = engine.encoderIdentity()
  if (known) return known
  throw new RouterError('encoder_unavailable', 'The encoder is still warming up.')
}

/** One rebuild in a process of its own, after which the server looks at the index again. */
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
        niceness: NICENESS,
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
      // background-rebuilds.ts logs it, and the state tells it.
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
