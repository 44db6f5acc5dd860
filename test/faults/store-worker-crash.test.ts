// The database thread dies: calls under way fail, it is started again, and no decision is lost or written twice.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { threadRunning } from '../store/fault-fixtures.ts'
import {
  decisionOf,
  feedbackOf,
  idOf,
  openStore,
  recordingLogger,
  temporaryFolder,
} from '../store/fixtures.ts'

const dieInstead = (method: string) => `
parentPort.on('message', (request) => {
  if (request.method === '${method}' && flag('${method}')) process.exit(1)
})
`
const dieBeforeReply = `
const reply = parentPort.postMessage.bind(parentPort)
parentPort.postMessage = (message) => {
  if (message.kind === 'result' && flag('reply')) process.exit(1)
  reply(message)
}
`
const unavailable = { code: 'store_unavailable', isRetryable: true }

it('fails the vote under way with store_unavailable, and takes it from the new thread', async () => {
  const folder = temporaryFolder()
  const logger = recordingLogger()
  const store = await openStore({
    file: join(folder, 'signalbox.db'),
    startThread: threadRunning(folder, dieInstead('addFeedback')),
    logger,
  })
  store.recordDecision(decisionOf(1), 'pending')
  await store.flush()
  await expect(store.addFeedback(feedbackOf(1))).rejects.toMatchObject(unavailable)
  expect(await store.addFeedback(feedbackOf(1))).toEqual({ replaced: false })
  expect(logger.lines.map(({ message }) => message)).toContain(
    'the database thread ended and is started again',
  )
})

it('writes a batch again whose commit was not acknowledged, and no row twice', async () => {
  const folder = temporaryFolder()
  const store = await openStore({
    file: join(folder, 'signalbox.db'),
    startThread: threadRunning(folder, dieBeforeReply),
  })
  // limitPages ran inside opening; the first reply is that of the first batch.
  for (let n = 1; n <= 100; n++) store.recordDecision(decisionOf(n), 'pending')
  await expect(store.flush()).rejects.toMatchObject(unavailable)
  await store.flush()
  expect(store.stats()).toMatchObject({ queuedDecisions: 0, droppedDecisions: 0, lastError: null })
  const { decisions } = await store.listDecisions({ limit: 1_000 })
  expect(decisions.map(({ id }) => id)).toEqual(
    Array.from({ length: 100 }, (_, i) => idOf(100 - i)),
  )
})

it('reports a thread that can’t be started at all as the reason it doesn’t open', async () => {
  const folder = temporaryFolder()
  const opening = openStore({
    file: join(folder, 'signalbox.db'),
    startThread: threadRunning(folder, 'process.exit(1)'),
  })
  await expect(opening).rejects.toMatchObject({ code: 'store_unavailable' })
})

it('drops a decision that can’t be written and keeps its neighbours in the batch', async () => {
  const folder = temporaryFolder()
  const logger = recordingLogger()
  const store = await openStore({ file: join(folder, 'signalbox.db'), logger })
  store.recordDecision(decisionOf(1), 'pending')
  // What the types forbid, e.g. from a caller in JavaScript.
  store.recordDecision(decisionOf(2, { route: null as unknown as string }), 'pending')
  store.recordDecision(decisionOf(3), 'pending')
  await store.flush()
  const { decisions } = await store.listDecisions({ limit: 10 })
  expect(decisions.map(({ id }) => id)).toEqual([idOf(3), idOf(1)])
  expect(store.stats()).toMatchObject({ droppedDecisions: 1, lastError: null })
  expect(logger.lines).toContainEqual({
    level: 'error',
    message: 'the database rejected rows',
    facts: { count: 1 },
  })
})
