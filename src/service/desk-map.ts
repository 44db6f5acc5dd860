// The map of the exemplars as pages draw it: what the index room lays out, as plain values.
import type { Logger } from '../core/logger.ts'
import type { MapSource } from '../dashboard/request/deps.ts'
import type { Generation } from '../vector-index/generation.ts'
import { createMaps } from '../vector-index/map/maps.ts'
import { placeBeside } from '../vector-index/map/place-beside.ts'
import { readUnseen } from '../vector-index/unseen.ts'
import type { RoutingEngine } from './routing-engine.ts'

export interface DeskMapOptions {
  engine: Pick<RoutingEngine, 'generation'>
  indexDir: string
  logger: Logger
}

/** Beside a generation, for as long as it serves. */
interface Beside {
  positions: ReadonlyMap<string, number>
  unseen: Promise<Float32Array | null>
}

export const createDeskMap = ({ engine, indexDir, logger }: DeskMapOptions) => {
  const ending = new AbortController()
  const maps = createMaps({ indexDir, logger, signal: ending.signal })
  const known = new WeakMap<Generation, Beside>()
  const besideOf = (generation: Generation): Beside => {
    const beside = known.get(generation) ?? {
      positions: new Map(generation.exemplars.map(({ id }, position) => [id, position])),
      unseen: readUnseen(indexDir, generation.manifest).catch(() => null),
    }
    known.set(generation, beside)
    return beside
  }
  const map: MapSource = async (kind) => {
    const generation = engine.generation()
    if (generation === null) return null
    const { positions, unseen } = besideOf(generation)
    const drawn = await maps.of(generation, kind)
    return {
      ...drawn,
      exemplars: generation.exemplars,
      unseen: await unseen,
      place: (neighbours) =>
        placeBeside(
          neighbours.flatMap(({ exemplarId, similarity }) => {
            const position = positions.get(exemplarId)
            return position === undefined ? [] : [{ position, similarity }]
          }),
          drawn.places,
        ),
    }
  }
  return { map, close: () => ending.abort() }
}
