// The gateway that is measured against. It is no dependency: the pinned version is installed from npm into the bench's own
// folder on the first run; where npm cannot be reached, the bench goes on without it.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Serving } from '../../rig/built-server.ts'
import { cpuMs } from '../../rig/process-cpu.ts'
import { note } from '../../terminal/output.ts'

export const PORTKEY = '@portkey-ai/gateway@1.15.2'

const HEADERS_FIX = new URL('./portkey-headers.js', import.meta.url).href
const INSTALL_TIMEOUT_MS = 180_000
const PAUSE_MS = 100
const MOST_PAUSES = 600

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

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** It logs nothing that could be waited for. */
const answersAt = (url: string): Promise<boolean> =>
  fetch(url, { method: 'POST' }).then(
    () => true,
    () => false,
  )

/** Null where it cannot be installed. */
export const startPortkey = async (folder: string): Promise<Serving | null> => {
  const entry = await install(folder)
  if (entry === null) return null
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const args = ['--import', HEADERS_FIX, entry, `--port=${port}`, '--headless']
  const env = { ...process.env, NODE_ENV: 'production' }
  const stdio = ['ignore', 'ignore', 'inherit'] as const
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: [...stdio] })
  const closed = once(child, 'close')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await closed
  }
  for (let pauses = 0; !(await answersAt(url)); pauses++) {
    if (pauses === MOST_PAUSES) await stop()
    if (child.exitCode !== null || child.killed) throw new Error(`${PORTKEY} does not serve.`)
    await pause(PAUSE_MS)
  }
  return { url, stop, cpuMs: () => cpuMs(child.pid) }
}
