// Nobody reads the log any more: `npm start | head`, a log collector that has died, a full disk under `npm start > FILE`.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { createSite, type Site } from '../support/server.ts'

let site: Site
beforeAll(async () => {
  site = await createSite()
})
afterAll(() => site.remove())

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

it.each(['a pipe that is closed', 'a full disk'])(
  'serves, drains and ends while standard output is %s',
  async (where) => {
    const port = await freePort()
    await site.configure({ server: { port } })
    const env = { ...process.env, SIGNALBOX_DATA: site.dataDir, SIGNALBOX_CONFIG: '' }
    const child = spawn(process.execPath, [join(process.cwd(), 'dist/src/main.js')], {
      ...{ cwd: site.dir, env },
      stdio: ['ignore', where === 'a full disk' ? openSync('/dev/full', 'w') : 'pipe', 'ignore'],
    })
    const ended = once(child, 'exit')
    onTestFinished(() => void child.kill('SIGKILL'))
    child.stdout?.destroy()
    const isReady = async (): Promise<boolean> =>
      (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.status === 200
    await vi.waitFor(async () => expect(await isReady()).toBe(true), {
      timeout: 25_000,
      interval: 100,
    })
    for (let i = 0; i < 20; i++) {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/nothing`, { method: 'POST' })
      expect(answer.status).toBe(404)
    }
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  },
)
