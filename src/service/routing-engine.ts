// Encoder, live index and classifier, wired and started: shared by the server, the library and `signalbox route`.
import type { Exemplar } from '../core/types.ts'
import type { Encoder } from '../encoder/encoder.ts'
import type { EncoderIdentity } from '../encoder/lazy.ts'
import { RouterError } from '../errors.ts'
import { type Classify, type ClassifyDeps, createClassify } from '../routing/classify.ts'
import type { SentenceEncoder } from '../routing/embeddings.ts'
import { createRememberedClassify } from '../routing/remembered-classify.ts'
import type { Generation } from '../vector-index/generation.ts'
import type { LiveIndex } from '../vector-index/live.ts'
import type { ArmsStatus, LiveCanary } from '../vector-index/live-arms.ts'
import {
  closeEngines,
  ensureIndex,
  type RoutingEngineOptions,
  type StartedEngines,
  startEngines,
} from './started-engines.ts'

/** Number of cached classifications, some 11 kB each; embeddings have their own, larger cache. */
const REMEMBERED = 500

export interface RoutingEngine {
  classify: Classify
  /** Unit sentence embeddings of the encoder, for /v1/embeddings. */
  sentences: SentenceEncoder
  generation(): Generation | null
  /** Identity of the encoder; null until it is warm. */
  encoderIdentity(): EncoderIdentity | null
  /** The canary, which decides for a share of the sessions, and the shadow, which decides without effect. */
  canary(): LiveCanary | null
  shadow(): Generation | null
  /** Null until an index is open. */
  armsStatus(): ArmsStatus | null
  /** Checks the index folder for a new current generation now; does nothing until an index is open. */
  reload(): Promise<void>
  /** Exemplars of the loaded generations by id; unknown ids are left out. */
  exemplars(ids: readonly string[]): Map<string, Exemplar>
  /** Resolves once the encoder is warm and an index serves; until then every decision is `degraded`. */
  readonly ready: Promise<void>
  /** Why the newest generation does not serve; null where it does, or before an index is open. */
  indexProblem(): string | null
  checks(): Record<'encoder' | 'index', { ok: boolean; detail: string }>
  /** Counters for the metrics. */
  encoderStats(): Record<string, number>
  close(): Promise<void>
}

/** Maps exemplars by id, once per generation. */
const createExemplarLookup = () => {
  const lookups = new WeakMap<Generation, Map<string, Exemplar>>()
  return (generation: Generation, ids: readonly string[]): Map<string, Exemplar> => {
    let lookup = lookups.get(generation)
    if (!lookup) {
      lookup = new Map(generation.exemplars.map((exemplar) => [exemplar.id, exemplar]))
      lookups.set(generation, lookup)
    }
    const found = new Map<string, Exemplar>()
    for (const id of ids) {
      const exemplar = lookup.get(id)
      if (exemplar) found.set(id, exemplar)
    }
    return found
  }
}

/** The engines; null until they are started. */
interface Held {
  engines: StartedEngines | null
  isClosed: boolean
}

const start = async (options: RoutingEngineOptions, held: Held): Promise<void> => {
  const engines = await startEngines(options)
  if (held.isClosed) return closeEngines(engines)
  held.engines = engines
  await ensureIndex(options, engines)
}

const notWarm = (): RouterError =>
  new RouterError('encoder_unavailable', 'The encoder is still warming up.')

const createEncoder = (held: Held): Pick<Encoder, 'embed' | 'isPressed'> => ({
  isPressed: () => held.engines?.cached.isPressed?.() ?? false,
  embed: (text, options) =>
    held.engines ? held.engines.cached.embed(text, options) : Promise.reject(notWarm()),
})

const createSentences = (held: Held, { embed }: Pick<Encoder, 'embed'>): SentenceEncoder => ({
  dimensions: () => {
    if (!held.engines) throw notWarm()
    return held.engines.supervised.searchDimensions
  },
  embed: async (text, options) => {
    const row = await embed(text, options)
    return row.slice(0, held.engines?.supervised.searchDimensions)
  },
})

const checksOf = (engines: StartedEngines | null): ReturnType<RoutingEngine['checks']> => {
  const status = engines?.live.status()
  return {
    encoder: { ok: engines !== null, detail: engines?.supervised.id ?? 'warming up' },
    index: {
      ok: status?.generation != null,
      detail:
        status?.generation != null
          ? `generation ${status.generation}, ${status.search}`
          : (status?.error ?? 'not loaded'),
    },
  }
}

const statsOf = ({ supervised, cached }: StartedEngines): Record<string, number> => {
  const { processes: _, ...counters } = supervised.stats()
  return { ...counters, ...cached.cacheStats() }
}

const identityOf = ({ supervised }: StartedEngines): EncoderIdentity => {
  const { id, dimensions, searchDimensions } = supervised
  return { id, dimensions, searchDimensions }
}

const classifyWith = (
  { encoder: settings, index }: RoutingEngineOptions['config'],
  engine: Pick<ClassifyDeps, 'encoder' | 'generation'>,
): Classify => {
  const { neighbours } = index
  const classify = createClassify({ ...engine, neighbours, isWordsFirst: settings.words_first })
  const size = Math.min(settings.cache_size, REMEMBERED)
  return createRememberedClassify({ classify, generation: engine.generation, size })
}

export const createRoutingEngine = (options: RoutingEngineOptions): RoutingEngine => {
  const { config } = options
  const held: Held = { engines: null, isClosed: false }
  const live = (): LiveIndex | undefined => held.engines?.live
  const generation = () => live()?.current() ?? null
  const encoder = createEncoder(held)
  const findExemplars = createExemplarLookup()
  const ready = start(options, held)
  ready.catch(() => {}) // callers may await `ready`; prevents an unhandled rejection where none does

  return {
    classify: classifyWith(config, { encoder, generation }),
    sentences: createSentences(held, encoder),
    generation,
    encoderIdentity: () => held.engines && identityOf(held.engines),
    canary: () => live()?.canary() ?? null,
    shadow: () => live()?.shadow() ?? null,
    armsStatus: () => live()?.armsStatus() ?? null,
    reload: async () => {
      await live()?.reload()
    },
    exemplars: (ids) => {
      const serving = [live()?.canary()?.generation, generation()]
      return new Map(serving.flatMap((one) => (one ? [...findExemplars(one, ids)] : [])))
    },
    ready,
    indexProblem: () => live()?.status().error ?? null,
    checks: () => checksOf(held.engines),
    encoderStats: () => (held.engines ? statsOf(held.engines) : {}),
    close: async () => {
      held.isClosed = true
      await closeEngines(held.engines)
    },
  }
}
