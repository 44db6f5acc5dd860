// npm run bench:learning [-- --set banking77 --habit votes --every 200 --svg FILE]: does feedback make routing better, and do
// wrong votes not make it worse? Three exemplars a route, the train split as traffic, votes on a tenth of it, a rebuild with
// the gate on every 200 requests, accuracy on prompts that training never sees.
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { openSession } from '../../report/eval/session.ts'
import { type ScriptContext, withContext } from '../../terminal/context.ts'
import { learningCurveSvg } from './curve-svg.ts'
import { configFor, loadSet, OWN } from './load-set.ts'
import { type SimulateResult, simulate } from './simulate.ts'
import type { Habit } from './voters.ts'

interface Options {
  set: string[]
  habit: Habit
  every: number
  share: number
  wrong: number
  shots: number
  seed: number
  svg?: string
  out?: string
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

/** Largest loss of accuracy from one serving generation to the next. */
const largestDrop = ({ points }: SimulateResult): number =>
  points.slice(1).reduce((worst, { best }, i) => Math.max(worst, (points[i]?.best ?? 0) - best), 0)

const describe = (name: string, { points, ...result }: SimulateResult): string => {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return ''
  return [
    `${name}: ${percent(first.best)} -> ${percent(last.best)} (${(100 * (last.best - first.best)).toFixed(2)} points)`,
    `after thresholds ${percent(first.decided)} -> ${percent(last.decided)}`,
    `${first.exemplars} -> ${last.exemplars} exemplars`,
    `${result.votes} votes`,
    `${result.wrongVotes} wrong ones, of which ${result.wrongAccepted} became exemplars`,
    `${result.queued} candidates queued`,
    `${result.refused} builds refused`,
    `largest drop ${(100 * largestDrop({ points, ...result })).toFixed(2)} points`,
  ].join('; ')
}

const run = async (context: ScriptContext, options: Options): Promise<void> => {
  const session = await openSession(context, { json: true })
  const curves: { name: string; noisy: SimulateResult; clean: SimulateResult }[] = []
  for (const name of options.set) {
    const set = await loadSet(name, context, { ...options, session })
    if (!set) continue
    const config = configFor(set.routes, options.seed)
    const { habit, every, share: voteShare, seed } = options
    const common = { set, config, habit, every, voteShare, seed }
    const noisy = simulate({
      ...common,
      wrongShare: options.wrong,
      onPoint: ({ requests, best, exemplars, refused }) =>
        console.error(`${name} ${requests} ${percent(best)} ${exemplars} ${refused ?? ''}`),
    })
    console.log(describe(`${name}, ${habit}, ${percent(options.wrong)} wrong`, noisy))
    const clean = simulate({ ...common, wrongShare: 0 })
    console.log(describe(`${name}, ${habit}, none wrong`, clean))
    const cost = (clean.points.at(-1)?.best ?? 0) - (noisy.points.at(-1)?.best ?? 0)
    console.log(`${name}: the wrong votes cost ${(100 * cost).toFixed(2)} points`)
    curves.push({ name, noisy, clean })
  }
  if (options.out) await writeFile(options.out, JSON.stringify({ options, curves }))
  if (options.svg && curves.length > 0) await writeFile(options.svg, learningCurveSvg(curves))
}

const program = new Command('bench:learning')
  .option('--set <name...>', 'banking77, clinc150, own', ['banking77', 'clinc150', OWN])
  .option(
    '--habit <habit>',
    'corrections: of what went wrong; votes: on random requests',
    'corrections',
  )
  .option('--every <n>', 'requests between rebuilds', Number, 200)
  .option('--share <share>', 'of the requests that are voted on', Number, 0.1)
  .option('--wrong <share>', 'of the votes that name a wrong route', Number, 0.05)
  .option('--shots <n>', 'exemplars of each route at the beginning', Number, 3)
  .option('--seed <n>', '', Number, 1)
  .option('--svg <file>', 'the plot')
  .option('--out <file>', 'every point, as JSON')
  .parse()

await withContext((context) => run(context, program.opts<Options>()))
