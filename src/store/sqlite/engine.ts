// The engine: every database operation, synchronous, on one connection, in the worker thread. Each method takes one argument and
// returns one plain value, so that rpc.ts can transfer it. Throws only RouterErrors.
import { createConnection } from './connection.ts'
import { createEngineOperations, type EngineOperations } from './engine-operations.ts'
import { type OpenOptions, openDatabase } from './open.ts'
import { PLAIN_OPERATIONS, type PlainOperations } from './plain-operations.ts'
import { toStoreError } from './sqlite-error.ts'

export type Engine = PlainOperations<'sync'> & EngineOperations

export type EngineOptions = OpenOptions & { maxPages: number | null }

/** @throws RouterError `store_unavailable` where the file can't be opened */
export const openEngine = (
  options: EngineOptions,
): { engine: Engine; movedAside: string | null } => {
  const { movedAside, ...opened } = guard(openDatabase)(options)
  const connection = createConnection(opened, options)
  const plain = Object.entries(PLAIN_OPERATIONS).map(([method, { run }]) => [
    method,
    (argument: never) => run(connection, argument),
  ])
  const engine = guardAll<Engine>({
    ...(Object.fromEntries(plain) as PlainOperations<'sync'>),
    ...createEngineOperations(connection, options),
  })
  engine.limitPages(options.maxPages)
  return { engine, movedAside }
}

const guard =
  <A, R>(work: (argument: A) => R) =>
  (argument: A): R => {
    try {
      return work(argument)
    } catch (error) {
      throw toStoreError(error)
    }
  }

const guardAll = <E extends object>(operations: E): E => {
  const guarded = Object.entries(operations).map(([method, run]) => [method, guard(run)])
  return Object.fromEntries(guarded) as E
}
