// Throws every kind of wrong value at every entry of the index, in a process of its own; reports what was not refused well.
import { createRandom } from '../../../dist/src/core/statistics/random.js'
import { createExactIndex } from '../../../dist/src/vector-index/exact.js'
import { assertVector } from '../../../dist/src/vector-index/guard.js'
import { buildHnsw } from '../../../dist/src/vector-index/hnsw.js'

const DIMENSIONS = 8
const SEARCH_DIMENSIONS = 6
const SHAPE = { dimensions: DIMENSIONS, searchDimensions: SEARCH_DIMENSIONS }
const WRONG = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  null,
  undefined,
  '1',
  1n,
  {},
  [],
  true,
  Symbol.iterator,
  1e300,
]
const PLAIN = [0, -0, 1, -1, 1e-45, 3e38, 1e6, 0.5]

const pick = (random, values) => values[Math.floor(random() * values.length)]

const oddVector = (random) => {
  const length = random() < 0.7 ? DIMENSIONS : Math.floor(random() * 20)
  const values = Array.from({ length }, () => pick(random, PLAIN))
  if (length > 0 && random() < 0.6) values[Math.floor(random() * length)] = pick(random, WRONG)
  if (length > 0 && random() < 0.1) delete values[Math.floor(random() * length)]
  const shape = random()
  if (shape < 0.5) return values
  if (shape < 0.55) return pick(random, WRONG)
  if (shape < 0.6) return { ...values, length }
  const numbers = values.map((value) => (typeof value === 'number' ? value : Number.NaN))
  return shape < 0.65 ? Float64Array.from(numbers) : Float32Array.from(numbers)
}

const judge = (work) => {
  try {
    work()
    return 'accepted'
  } catch (error) {
    return error.name === 'RouterError' && error.code === 'invalid_vector'
      ? 'refused'
      : String(error)
  }
}

process.on('message', ({ seed, cases }) => {
  const random = createRandom(seed)
  const rows = new Float32Array(20 * DIMENSIONS)
  for (let row = 0; row < 20; row++) rows[row * DIMENSIONS + (row % SEARCH_DIMENSIONS)] = 1
  const parameters = { m: 4, efConstruction: 16, efSearch: 16, seed: 1, ...SHAPE }
  const graph = buildHnsw({ vectors: rows, ...parameters })
  const exact = createExactIndex({ vectors: rows, ...SHAPE })
  const entries = [
    (vector) => assertVector(vector, SHAPE),
    (vector) => graph.search(vector, 5),
    (vector) => exact.search(vector, 5),
  ]
  const build = (vector) => buildHnsw({ vectors: assertVector(vector, SHAPE), ...parameters })
  const counts = {}
  for (let i = 0; i < cases; i++) {
    const vector = oddVector(random)
    // Each graph holds 2.6 MB of locks until it is collected, so not every vector gets one of its own.
    const used = i % 20 === 0 ? [...entries, build] : entries
    const verdicts = new Set(used.map((entry) => judge(() => entry(vector))))
    const verdict = [...verdicts].join(' | ')
    counts[verdict] = (counts[verdict] ?? 0) + 1
  }
  process.send({ counts })
})
