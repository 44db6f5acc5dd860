// One open database: its handle, its transactions, and the truncation of its write-ahead log.

import type { Db } from './db.ts'
import type { OpenedDatabase } from './open.ts'

export interface Connection {
  client: OpenedDatabase['client']
  db: Db
  /** A transaction that takes the write lock at its start. */
  immediately<T>(work: () => T): T
  /** The same, committed with an fsync of the log: acknowledged data survives a power cut, with everything before it. */
  durably<T>(work: () => T): T
  /** Moves the log into the file and truncates it. False where another connection still reads from the log. */
  truncateLog(waitMs: number): boolean
}

export const createConnection = (
  { client, db }: Pick<OpenedDatabase, 'client' | 'db'>,
  { busyTimeoutMs }: { busyTimeoutMs: number },
): Connection => {
  const immediately = <T>(work: () => T): T => db.transaction(work, { behavior: 'immediate' })
  return {
    client,
    db,
    immediately,
    durably: (work) => {
      client.pragma('synchronous = FULL')
      try {
        return immediately(work)
      } finally {
        client.pragma('synchronous = NORMAL')
      }
    },
    truncateLog: (waitMs) => {
      client.pragma(`busy_timeout = ${Math.trunc(waitMs)}`)
      try {
        const [result] = client.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
        return result?.busy === 0
      } finally {
        client.pragma(`busy_timeout = ${Math.trunc(busyTimeoutMs)}`)
      }
    },
  }
}
