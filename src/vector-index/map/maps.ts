// The map of the generation that serves: its main directions at once, and the layout as soon as a job has made it, once for each
// generation. Where the job fails, the main directions stay.
import { principalAxes, projected } from '../../core/linear/principal-axes.ts'
import type { Logger } from '../../core/logger.ts'
import { createInTurn } from '../../jobs/in-turn.ts'
import type { Generation } from '../generation.ts'
import { createPacer } from '../pace.ts'
import { type Layout, readMap } from './map-file.ts'
import { runMap } from './map-job.ts'

export interface ExemplarMap {
  generation: number
  /** `axes`: along the two main directions; `layout`: near ones beside each other. */
  kind: 'axes' | 'layout'
  /** Whether a layout is on its way. */
  isPending: boolean
  /** `[position × 2]`, each −1 to 1. */
  places: Float32Array
  /** Cosine of each exemplar and the nearest other one; null where only a layout tells it. */
  nearest: Float32Array | null
}

export interface Maps {
  /** @param kind `axes` where no layout is wanted */
  of(generation: Generation, kind?: ExemplarMap['kind']): Promise<ExemplarMap>
}

export interface MapsOptions {
  indexDir: string
  logger: Logger
  /** Stands in for the child process. */
  run?: typeof runMap
  /** Kills the job that runs. */
  signal?: AbortSignal
}

/** Rows projected between two looks at the clock. */
const SLICE = 256

/** Into −1 to 1 both ways, in the proportions that they have. */
const fitted = (places: Float32Array): Float32Array => {
  const least = [Infinity, Infinity]
  const most = [-Infinity, -Infinity]
  places.forEach((value, i) => {
    least[i % 2] = Math.min(least[i % 2] as number, value)
    most[i % 2] = Math.max(most[i % 2] as number, value)
  })
  const middle = [0, 1].map((d) => ((least[d] as number) + (most[d] as number)) / 2)
  const half = Math.max(
    1e-9,
    ...[0, 1].map((d) => ((most[d] as number) - (least[d] as number)) / 2),
  )
  return places.map((value, i) => (value - (middle[i % 2] as number)) / half)
}

const fittedLayout = ({ places, nearest }: Layout): Layout => ({
  places: fitted(places),
  nearest,
})

const alongAxes = async ({ vectors, manifest }: Generation): Promise<Float32Array> => {
  const pacer = createPacer()
  const pause = async () => {
    if (pacer.isDue()) await pacer.rest()
  }
  const axes = await principalAxes(vectors, manifest, { count: 2, seed: manifest.seed, pause })
  const places = new Float32Array(manifest.exemplarCount * 2)
  for (let from = 0; from < manifest.exemplarCount; from += SLICE) {
    const end = Math.min(manifest.exemplarCount, from + SLICE)
    places.set(projected(vectors, manifest, axes, [from, end]), from * 2)
    await pause()
  }
  return fitted(places)
}

interface Known {
  axes: Float32Array
  layout: 'pending' | 'none' | Layout
}

const shown = (
  generation: number,
  { axes, layout }: Known,
  kind: ExemplarMap['kind'],
): ExemplarMap => {
  const isPending = layout === 'pending'
  if (typeof layout === 'string') {
    return { generation, kind: 'axes', isPending, places: axes, nearest: null }
  }
  const { places, nearest } = layout
  return { generation, kind, isPending, places: kind === 'axes' ? axes : places, nearest }
}

export const createMaps = ({ indexDir, logger, run = runMap, signal }: MapsOptions): Maps => {
  const known = new WeakMap<Generation, Promise<Known>>()
  const inTurn = createInTurn()
  /** Kept for good where it fails: another try would fail in the same way. */
  const layOut = async ({ number }: Generation): Promise<Known['layout']> => {
    try {
      const job = { indexDir, generation: number }
      const layout = await inTurn(() => run(job, signal && { signal }))
      return layout ? fittedLayout(layout) : 'none'
    } catch (error) {
      const message = 'the map of the exemplars cannot be laid out; its main directions are shown'
      if (!signal?.aborted) logger.warn({ err: error, generation: number }, message)
      return 'none'
    }
  }
  const begin = async (generation: Generation): Promise<Known> => {
    const axes = await alongAxes(generation)
    const kept = await readMap(indexDir, generation.manifest)
    const fresh: Known = { axes, layout: kept ? fittedLayout(kept) : 'pending' }
    if (!kept) {
      void layOut(generation).then((layout) => {
        fresh.layout = layout
      })
    }
    return fresh
  }
  return {
    of: async (generation, kind = 'layout') => {
      const entry = known.get(generation) ?? begin(generation)
      known.set(generation, entry)
      return shown(generation.number, await entry, kind)
    },
  }
}
