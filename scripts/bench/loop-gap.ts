// `npm run bench:gap`: the longest time that the server's event loop stands still, by wall clock and without waiting for a core.

import { measureLoopGaps, type Phase } from '../rig/loop-gaps.ts'
import { note } from '../terminal/output.ts'
import { countOption, runBench } from './harness.ts'

const DESCRIPTIONS: Record<Phase['name'], string> = {
  idle: 'idle',
  prompts: '20 prompts of 500 words at once',
  rebuild: 'rebuild and swap under traffic',
}

const describe = (phase: Phase): string => {
  const { name, longestWallMs, longestOwnMs, requests, failed, degraded, durationMs } = phase
  const own = longestOwnMs === null ? 'unknown' : `${longestOwnMs} ms`
  return (
    `${DESCRIPTIONS[name].padEnd(32)} longest gap ${longestWallMs} ms, without waiting for a core ${own}; ` +
    `${requests} requests, ${failed} failed, ${degraded} degraded, ${(durationMs / 1000).toFixed(1)} s`
  )
}

await runBench({
  name: 'bench:gap',
  description: 'Measure the gaps of the event loop with an index of made-up exemplars.',
  options: [countOption('--exemplars <count>', 'size of the index', 10_000)],
  run: async ({ exemplars }: { exemplars: number }, folder) => {
    note(`measuring with ${exemplars} exemplars`)
    const phases = await measureLoopGaps(folder, { exemplars, idleMs: 10_000, longPrompts: 20 })
    return { exemplars, phases }
  },
  describe: ({ phases }) => phases.map(describe),
})
