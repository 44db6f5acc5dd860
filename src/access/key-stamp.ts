// keys.stamp in the data folder: replaced whenever keys change, so that a running server sees at its next request what
// another process did, and knows, even with an empty database, that keys were in use here. A look is one stat (2 µs).
import { randomBytes } from 'node:crypto'
import { renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const STAMP_FILE = 'keys.stamp'

/** Changes with every `touchKeyStamp` of any process; null where there never was one. @throws what stat throws */
export const readKeyStamp = (dataDir: string): string | null => {
  const stats = statSync(join(dataDir, STAMP_FILE), { bigint: true, throwIfNoEntry: false })
  return stats ? `${stats.ino}:${stats.mtimeNs}:${stats.size}` : null
}

/** Call it after the change is committed. @throws what writing throws */
export const touchKeyStamp = (dataDir: string): void => {
  const draft = join(dataDir, `${STAMP_FILE}.${process.pid}.${randomBytes(4).toString('hex')}`)
  writeFileSync(draft, `${randomBytes(8).toString('hex')}\n`, { mode: 0o600 })
  renameSync(draft, join(dataDir, STAMP_FILE))
}
