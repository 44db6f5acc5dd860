// `npm run bench:gap`: the longest time that the server's event loop stands still, by wall clock and without waiting for a core.
import { Command, InvalidArgumentError } from 'commander'
import { note, printResult } from '../terminal/output.ts'
import { measureLoopGaps, type Phase } from './loop-gaps.ts'
import { machineLines, observeMachine } from './machine.ts'

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

const toCount = (value: string): number => {
  const count = Number(value)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new InvalidArgumentError('Expected a number above 0.')
}

await new Command('bench:gap')
  .description('Measure the gaps of the event loop with an index of made-up exemplars.')
  .option('--exemplars <count>', 'size of the index', toCount, 10_000)
  .option('--json', 'print the result as JSON on stdout')
  .action(async (options: { exemplars: number; json?: boolean }) => {
    const { exemplars } = options
    note(`measuring with ${exemplars} exemplars`)
    const observed = observeMachine()
    const phases = await measureLoopGaps({ exemplars, idleMs: 10_000, longPrompts: 20 })
    const machine = observed()
    printResult(options, { machine, exemplars, phases }, () => [
      ...machineLines(machine),
      ...phases.map(describe),
    ])
  })
  .parseAsync()
