// The exemplars in two dimensions: laid out by their neighbours, kept with their generation, and shown along the main directions
// until then.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/core/logger.ts'
import type { Generation } from '../../../src/vector-index/generation.ts'
import { layOut } from '../../../src/vector-index/map/lay-out.ts'
import { type Layout, readMap, writeMap } from '../../../src/vector-index/map/map-file.ts'
import { createMaps } from '../../../src/vector-index/map/maps.ts'
import { placeBeside } from '../../../src/vector-index/map/place-beside.ts'
import { openGeneration } from '../../../src/vector-index/open-generation.ts'
import { deferred } from '../../support/deferred.ts'
import { madeRows, writeMadeGeneration } from '../../support/made-generations.ts'

const folder = () => mkdtemp(join(tmpdir(), 'signalbox-map-'))

const made = async (perRoute: number): Promise<{ dir: string; generation: Generation }> => {
  const dir = await folder()
  const number = await writeMadeGeneration(dir, madeRows({ perRoute, seed: 3, noise: 0.5 }))
  return { dir, generation: await openGeneration(dir, number) }
}

/** Share of exemplars whose nearest on the map is of their own route. */
const sameRoute = ({ exemplars }: Generation, places: Float32Array): number => {
  const nearest = (row: number): number => {
    let best = -1
    let least = Number.POSITIVE_INFINITY
    for (let other = 0; other < exemplars.length; other++) {
      const x = (places[other * 2] as number) - (places[row * 2] as number)
      const y = (places[other * 2 + 1] as number) - (places[row * 2 + 1] as number)
      if (other !== row && x * x + y * y < least) [best, least] = [other, x * x + y * y]
    }
    return best
  }
  const same = exemplars.filter(({ route }, row) => exemplars[nearest(row)]?.route === route)
  return same.length / exemplars.length
}

describe('the map of a generation', () => {
  let one: Awaited<ReturnType<typeof made>>
  beforeAll(async () => {
    one = await made(40)
  })

  it('puts what is near in the index beside each other, the same every time', async () => {
    const layout = (await layOut(one.generation)) as Layout
    expect(layout.places).toHaveLength(one.generation.exemplars.length * 2)
    expect(sameRoute(one.generation, layout.places)).toBeGreaterThan(0.9)
    expect(await layOut(one.generation)).toEqual(layout)
    const { index, vectors, manifest } = one.generation
    const [, second] = index.search(vectors.subarray(0, manifest.dimensions), 2)
    expect(layout.nearest[0]).toBeCloseTo(second?.similarity ?? 0, 5)
  })

  it('lays out a part of very many, and places the others beside them', async () => {
    const layout = (await layOut(one.generation, { mostLaidOut: 50 })) as Layout
    expect(sameRoute(one.generation, layout.places)).toBeGreaterThan(0.9)
    expect(Math.min(...layout.nearest)).toBeGreaterThan(0)
  })

  it('is left out where there are too few exemplars for neighbourhoods', async () => {
    const { generation } = await made(2)
    expect(await layOut(generation)).toBeNull()
  })

  it('is kept with the generation, and made anew where the file is damaged', async () => {
    const { dir, generation } = one
    expect(await readMap(dir, generation.manifest)).toBeNull()
    const places = {
      places: Float32Array.from(generation.exemplars.flatMap((_, i) => [i, -i])),
      nearest: Float32Array.from(generation.exemplars, (_, i) => i / 1_000),
    }
    await writeMap(dir, generation.number, places)
    expect(await readMap(dir, generation.manifest)).toEqual(places)
    const file = join(dir, 'g000001', 'map.f32')
    const bytes = await readFile(file)
    bytes[bytes.length - 1] = 255 - (bytes.at(-1) as number)
    await writeFile(file, bytes)
    expect(await readMap(dir, generation.manifest)).toBeNull()
    await writeFile(file, bytes.subarray(0, 20))
    expect(await readMap(dir, generation.manifest)).toBeNull()
    await writeMap(dir, generation.number, places)
    expect(await readMap(dir, generation.manifest)).toEqual(places)
  })
})

describe('the map that is shown', () => {
  it('has the main directions at once and the layout when its job is done, which runs once', async () => {
    const { dir, generation } = await made(10)
    const job = deferred<Layout | null>()
    let runs = 0
    const run = () => {
      runs++
      return job.promise
    }
    const maps = createMaps({ indexDir: dir, logger: silentLogger, run })
    const [first, again] = await Promise.all([maps.of(generation), maps.of(generation)])
    expect([first.kind, first.isPending, again.kind]).toEqual(['axes', true, 'axes'])
    expect(Math.max(...first.places)).toBeCloseTo(1, 5)
    expect(Math.min(...first.places)).toBeGreaterThanOrEqual(-1.0001)
    const places = Float32Array.from(generation.exemplars.flatMap((_, i) => [i * 4, i]))
    job.resolve({ places, nearest: new Float32Array(generation.exemplars.length) })
    await job.promise
    await Promise.resolve()
    const then = await maps.of(generation)
    expect([then.kind, then.isPending]).toEqual(['layout', false])
    expect([then.places[0], then.places.at(-2)]).toEqual([-1, 1])
    expect((await maps.of(generation, 'axes')).places).toEqual(first.places)
    expect(runs).toBe(1)
  })

  it('keeps to the main directions where the layout fails, and says why in the log', async () => {
    const { dir, generation } = await made(10)
    const warned: string[] = []
    const logger = { ...silentLogger, warn: (_: object, text: string) => void warned.push(text) }
    const maps = createMaps({ indexDir: dir, logger, run: () => Promise.reject(new Error('no')) })
    await maps.of(generation)
    await new Promise(setImmediate)
    const { kind, isPending } = await maps.of(generation)
    expect([kind, isPending]).toEqual(['axes', false])
    expect(warned).toHaveLength(1)
  })
})

describe('something new on the map', () => {
  const places = Float32Array.from([0, 0, 1, 0, 0, 1, 9, 9])

  it('stands with its nearest neighbours, nearer to the more similar', () => {
    const [x, y] = placeBeside(
      [
        { position: 1, similarity: 0.9 },
        { position: 0, similarity: 0.85 },
      ],
      places,
    ) as [number, number]
    expect(x).toBeGreaterThan(0.6)
    expect(x).toBeLessThan(1)
    expect(y).toBe(0)
  })

  it('has no place without neighbours on the map', () => {
    expect(placeBeside([], places)).toBeNull()
    expect(placeBeside([{ position: 4, similarity: 1 }], places)).toBeNull()
  })
})
