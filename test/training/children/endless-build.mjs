// Stands in for a build process that is busy for ever and never looks at its messages.
import { Worker } from 'node:worker_threads'

new Worker(new URL(process.env.SIGNALBOX_TEST_PARENT_WATCH)).unref()
process.once('message', () => {
  process.send({ kind: 'progress', stage: 'fit', done: process.pid, total: 1 }, () => {
    for (;;);
  })
})
