// The real server keeps turning while it embeds long prompts and while its index is rebuilt and swapped, and no request
// fails. `SIGNALBOX_TEST_PROFILE=full` takes 10,000 exemplars, as `npm run bench:gap` does; the figures are printed.
import { expect, it } from 'vitest'
import { measureLoopGaps } from '../../scripts/rig/loop-gaps.ts'
import { temporaryFolder } from '../support/training-folder.ts'

const IS_FULL = process.env.SIGNALBOX_TEST_PROFILE === 'full'
const EXEMPLARS = IS_FULL ? 10_000 : 600
/** What is aimed at is 50 ms; the bound is generous because it must hold on any machine. */
const BOUND_MS = 250

it('never stands still under long prompts, nor through a rebuild and its swap', async () => {
  const options = { exemplars: EXEMPLARS, idleMs: 2_000, longPrompts: 20 }
  const phases = await measureLoopGaps(await temporaryFolder(), options)
  process.stdout.write(`${phases.map((phase) => JSON.stringify(phase)).join('\n')}\n`)
  const [, prompts, rebuild] = phases
  expect(prompts).toMatchObject({ name: 'prompts', requests: 20, failed: 0, degraded: 0 })
  expect(rebuild).toMatchObject({ name: 'rebuild', failed: 0, degraded: 0 })
  expect(rebuild?.requests).toBeGreaterThan(20)
  for (const { longestOwnMs, longestWallMs } of phases) {
    // Without waiting for a core, where the system tells that: on a crowded machine it is most of the wall time.
    expect(longestOwnMs ?? longestWallMs).toBeLessThan(BOUND_MS)
  }
}, 1_200_000)
