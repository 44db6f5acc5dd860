// The gateway that is measured against. It is no dependency: the pinned version is installed from npm into the bench's own
// folder on the first run; where npm cannot be reached, the bench goes on without it.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { note } from '../../terminal/output.ts'
import { type Spawned, startSpawned } from '../spawned.ts'

export const PORTKEY = '@portkey-ai/gateway@1.15.2'

const HEADERS_FIX = new URL('./portkey-headers.js', import.meta.url).href
const INSTALL_TIMEOUT_MS = 180_000

const install = async (folder: string): Promise<string | null> => {
  const entry = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  if (existsSync(entry)) return entry
  note(`installing ${PORTKEY} from npm into ${folder} (used by this bench only)`)
  await mkdir(folder, { recursive: true })
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts']
  try {
    await promisify(execFile)('npm', [...args, '--prefix', folder, PORTKEY], {
      timeout: INSTALL_TIMEOUT_MS,
    })
    return entry
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
    note(`${PORTKEY} could not be installed, measuring without it: ${why}`)
    return null
  }
}

/** Null where it cannot be installed. */
export const startPortkey = async (folder: string): Promise<Spawned | null> => {
  const entry = await install(folder)
  if (entry === null) return null
  return startSpawned({
    args: (port) => ['--import', HEADERS_FIX, entry, `--port=${port}`, '--headless'],
    cwd: folder,
    env: { NODE_ENV: 'production' },
  })
}
