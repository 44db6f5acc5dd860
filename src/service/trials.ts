// Decides a conversation with any generation and any configuration, as the server would, and records nothing.
import { LRUCache } from 'lru-cache'
import type { LoadedConfig } from '../config/load-config.ts'
import type { Decision, Exemplar } from '../core/types.ts'
import type { TryOut } from '../dashboard/request/deps.ts'
import { RouterError } from '../errors.ts'
import type { Generation } from '../vector-index/generation.ts'
import { loadGeneration } from '../vector-index/generation-loader.ts'
import { listGenerations } from '../vector-index/generation-store.ts'
import { digest, preciseNow } from './clock-and-digest.ts'
import { createDryPipeline } from './dry-router.ts'
import { newId } from './new-id.ts'
import type { RoutingEngine } from './routing-engine.ts'

/** Of it comes a `TryOut` for each configuration. */
export type Trials = (serving: LoadedConfig) => TryOut

export interface TrialsOptions {
  engine: Pick<RoutingEngine, 'classify' | 'generation' | 'encoderIdentity'>
  indexDir: string
}

/** Besides the one that serves: some 50 MB each. */
const MOST_OPEN = 2

const noGeneration = (number: number, known: readonly number[]): RouterError =>
  new RouterError(
    'invalid_request',
    `There is no generation ${number}; generations: ${known.join(', ') || 'none'}.`,
    { param: 'generation' },
  )

/** Opens generations that are compared, in slices, and keeps the last few. */
const createOpen = ({ engine, indexDir }: TrialsOptions) => {
  const opened = new LRUCache<number, Promise<Generation>>({ max: MOST_OPEN })
  return async (number: number): Promise<Generation> => {
    const serving = engine.generation()
    if (serving?.number === number) return serving
    const fit = engine.encoderIdentity()
    if (fit === null) {
      throw new RouterError('encoder_unavailable', 'The encoder is still warming up.')
    }
    const known = await listGenerations(indexDir)
    if (!known.includes(number)) throw noGeneration(number, known)
    const { id: encoderId, dimensions } = fit
    const generation =
      opened.get(number) ?? loadGeneration(indexDir, number, { encoderId, dimensions })
    opened.set(number, generation)
    generation.catch(() => opened.delete(number))
    return generation
  }
}

const textsOf = (
  { neighbours }: Decision,
  generation: Generation | null,
): ReadonlyMap<string, Exemplar> => {
  const wanted = new Set(neighbours.map(({ exemplarId }) => exemplarId))
  const found = generation?.exemplars.filter(({ id }) => wanted.has(id)) ?? []
  return new Map(found.map((exemplar) => [exemplar.id, exemplar]))
}

export const createTrials = (options: TrialsOptions): Trials => {
  const { engine } = options
  const open = createOpen(options)
  return (serving) =>
    async ({ messages, generation: number, loaded = serving, principal, signal }) => {
      const asked = number === undefined ? null : await open(number)
      const generation = asked ?? engine.generation()
      const pipeline = createDryPipeline({
        ...{ config: loaded.config, configVersion: loaded.version },
        classify: engine.classify,
        chooseArm: () => ({ arm: 'serving', generation }),
        ...{ digest, newId, now: preciseNow },
      })
      const decision = await pipeline.route({
        ...{ requestId: newId(), model: 'auto', messages, sessionId: null, principal, signal },
      })
      return { decision, exemplars: textsOf(decision, generation) }
    }
}
