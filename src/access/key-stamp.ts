// keys.stamp in the data folder: replaced whenever keys change, so that a running server notices changes by other processes at its next
// request, and knows, even with an empty database, that keys were in use. Reading it is one stat (2 µs).
import { randomBytes } from 'node:crypto'
import { renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const STAMP_FILE = 'keys.stamp'

/** Changes with every `touchKeyStamp` of any process; null where there is none. @throws the file system's error */
export const readKeyStamp = (dataDir: string): string | null => {
  const stats = statSync(join(dataDir, STAMP_FILE), { bigint: true, throwIfNoEntry: false })
  return stats ? `${stats.ino}:${stats.mtimeNs}:${stats.size}` : null
}

/** Call it after the change is committed. @throws the file system's error */
export const touchKeyStamp = (dataDir: string): void => {
  const draft = join(dataDir, `${STAMP_FILE}.${process.pid}.${randomBytes(4).toString('hex')}`)
  writeFileSync(draft, `${randomBytes(8).toString('hex')}\n`, { mode: 0o600 })
  renameSync(draft, join(dataDir, STAMP_FILE))
}
