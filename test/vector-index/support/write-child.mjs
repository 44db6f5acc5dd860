// Writes generations and makes them current, over and over, until it is killed or something fails.
import { setCurrent } from '../../../dist/src/vector-index/generation-store.js'
import { writeGeneration } from '../../../dist/src/vector-index/generation-writer.js'

process.on('message', async ({ dir, draft, rounds }) => {
  try {
    for (let round = 0; round < rounds; round++) {
      process.send({ at: 'begin' })
      const { generation } = await writeGeneration(dir, draft)
      process.send({ at: 'written', generation })
      await setCurrent(dir, generation)
      process.send({ at: 'current', generation })
    }
    process.disconnect()
  } catch (error) {
    const { code, message, details, isRetryable } = error
    process.send({ at: 'failed', code, message, details, isRetryable })
    process.disconnect()
  }
})
