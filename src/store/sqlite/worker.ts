// Entry of the worker thread: opens the engine and answers requests one after the other. Waiting for another process's
// lock, or a slow disk, blocks this thread and never the one that serves HTTP.
import { parentPort, workerData } from 'node:worker_threads'
import { type Engine, openEngine } from './engine.ts'
import type { Reply, Request, WorkerOptions } from './rpc.ts'
import { toWireError, transferOf } from './rpc.ts'
import { toStoreError } from './sqlite-error.ts'

const port = parentPort
if (!port) throw new Error('worker.ts is started by worker-client.ts, as a thread')

const reply = (message: Reply): void =>
  port.postMessage(message, message.kind === 'result' ? transferOf(message.value) : [])

const answer = (engine: Engine, { seq, method, argument }: Request): void => {
  try {
    // Request pairs a method with its own argument; the union of all methods can't say so.
    const run = engine[method] as (
      value: Request['argument'],
    ) => Extract<Reply, { kind: 'result' }>['value']
    reply({ kind: 'result', seq, value: run(argument) })
  } catch (error) {
    reply({ kind: 'error', seq, error: toWireError(toStoreError(error)) })
  }
  if (method === 'close') port.close()
}

try {
  const { engine, movedAside } = openEngine({
    ...(workerData as WorkerOptions),
    onMigration: (step) => reply({ kind: 'migrating', step }),
  })
  port.on('message', (request: Request) => answer(engine, request))
  reply({ kind: 'opened', movedAside })
} catch (error) {
  reply({ kind: 'open_failed', error: toWireError(toStoreError(error)) })
}
