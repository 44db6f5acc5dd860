// `npm run bench:map`: what laying out the current generation's exemplars in two dimensions costs, and how much of their
// neighbourhoods is left on the map.
import { Option } from 'commander'
import { principalAxes, projected } from '../../src/core/linear/principal-axes.ts'
import type { Generation } from '../../src/vector-index/generation.ts'
import { currentGeneration } from '../../src/vector-index/generation-store.ts'
import { layOut } from '../../src/vector-index/map/lay-out.ts'
import { openGeneration } from '../../src/vector-index/open-generation.ts'
import { percent } from '../terminal/output.ts'
import { runBench } from './harness.ts'

/** Neighbours compared, and the step between the exemplars that are sampled. */
const NEAR = 15
const EVERY = 40

interface Kept {
  /** Of the nearest on the map: share that are of the same route, and that are among the nearest in the index. */
  sameRoute: number
  nearest: number
}

interface MapResult {
  exemplars: number
  cpuSeconds: number
  peakMegabytes: number
  layout: Kept
  axes: Kept
}

const nearOnMap = (places: Float32Array, row: number): number[] => {
  const squares = Array.from({ length: places.length / 2 }, (_, other) => {
    const x = (places[other * 2] as number) - (places[row * 2] as number)
    const y = (places[other * 2 + 1] as number) - (places[row * 2 + 1] as number)
    return { other, square: x * x + y * y }
  })
  const sorted = squares.sort((a, b) => a.square - b.square).map(({ other }) => other)
  return sorted.filter((other) => other !== row).slice(0, NEAR)
}

const keptBy = (generation: Generation, places: Float32Array): Kept => {
  const { exemplars, vectors, index, manifest } = generation
  const width = manifest.dimensions
  const kept = { sameRoute: 0, nearest: 0 }
  let rows = 0
  for (let row = 0; row < exemplars.length; row += EVERY) {
    const found = index.search(vectors.subarray(row * width, (row + 1) * width), NEAR + 1)
    const truth = new Set(found.map(({ position }) => position))
    const near = nearOnMap(places, row)
    const route = exemplars[row]?.route
    kept.sameRoute += near.filter((other) => exemplars[other]?.route === route).length / NEAR
    kept.nearest += near.filter((other) => truth.has(other)).length / NEAR
    rows++
  }
  return { sameRoute: kept.sameRoute / rows, nearest: kept.nearest / rows }
}

const measure = async (dir: string): Promise<MapResult> => {
  const number = await currentGeneration(dir)
  if (number === null)
    throw new Error(`There is no generation in ${dir}; npm run signalbox -- rebuild.`)
  const generation = await openGeneration(dir, number)
  const before = process.cpuUsage()
  const laidOut = await layOut(generation)
  const { user, system } = process.cpuUsage(before)
  if (laidOut === null) throw new Error('There are too few exemplars for a map.')
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024)
  const axes = await principalAxes(generation.vectors, generation.manifest, { count: 2, seed: 1 })
  const exemplars = generation.exemplars.length
  const flat = projected(generation.vectors, generation.manifest, axes, [0, exemplars])
  return {
    exemplars,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes,
    layout: keptBy(generation, laidOut.places),
    axes: keptBy(generation, flat),
  }
}

const said = ({ sameRoute, nearest }: Kept): string =>
  `${percent(sameRoute)} of the ${NEAR} nearest are of the same route, ${percent(nearest)} the nearest in the index`

await runBench<{ index: string }, MapResult>({
  name: 'bench:map',
  description: 'Lay out the exemplars of the current generation in two dimensions.',
  options: [new Option('--index <folder>', 'generations').default('data/index')],
  run: ({ index }) => measure(index),
  describe: ({ exemplars, cpuSeconds, peakMegabytes, layout, axes }) => [
    `${exemplars} exemplars: ${cpuSeconds.toFixed(1)} s of CPU, ${peakMegabytes} MB at most`,
    `layout: ${said(layout)}`,
    `main directions: ${said(axes)}`,
  ],
})
