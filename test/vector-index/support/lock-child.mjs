// Takes the build lock when told to, says whether it did, and holds it until it ends.
import { acquireBuildLock } from '../../../dist/src/vector-index/build-lock.js'

process.on('message', async ({ dir }) => {
  try {
    await acquireBuildLock(dir)
    process.send({ outcome: 'held' })
  } catch (error) {
    process.send({ outcome: error.code, pid: error.details?.pid })
  }
})
