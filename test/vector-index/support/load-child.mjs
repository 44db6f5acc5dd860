// Loads generations in a process of its own, so that a native crash is one failed case and not a dead suite.
import { loadGeneration } from '../../../dist/src/vector-index/generation-loader.js'

process.on('message', async ({ dir, number, fit, queries }) => {
  try {
    const generation = await loadGeneration(dir, number, fit)
    const hits = queries.map((query) => generation.index.search(query, 10))
    const { searchProblem } = generation
    process.send({ outcome: 'served', search: generation.index.kind, searchProblem, hits })
  } catch (error) {
    process.send({ outcome: 'refused', name: error.name, code: error.code, message: error.message })
  }
})
