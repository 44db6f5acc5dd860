// The probe behind the figures on blocking: it must see a loop that stands still, or they would mean nothing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text as readAll } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import type { LoopGapLine } from '../../scripts/rig/loop-probe.ts'

const PROBE = new URL('../../dist/scripts/rig/loop-probe.js', import.meta.url)

// Sleeps in a blocking call, as synchronous file access would, then asks the probe and ends.
const BLOCKING = `
setTimeout(() => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
  setTimeout(() => process.kill(process.pid, 'SIGUSR2'), 50)
  setTimeout(() => process.exit(0), 500)
}, 50)
`

it('sees a blocking call of 300 ms, without counting the wait for a core', async () => {
  const args = ['--import', PROBE.href, '--input-type=module', '-e', BLOCKING]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output] = await Promise.all([readAll(child.stdout), once(child, 'close')])
  const line = JSON.parse(output) as LoopGapLine
  expect(line.longestWallMs).toBeGreaterThan(250)
  expect(line.longestOwnMs ?? line.longestWallMs).toBeGreaterThan(250)
})
