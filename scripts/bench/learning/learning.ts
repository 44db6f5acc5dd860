// npm run bench:learning [-- --set banking77 --habit votes --every 200 --svg FILE]: does feedback make routing better, and do
// wrong votes not make it worse? Three exemplars a route, the train split as traffic, votes on a tenth of it, a rebuild with
// the gate on every 200 requests, accuracy on prompts that training never sees.
import { writeFile } from 'node:fs/promises'
import { Option } from 'commander'
import { note } from '../../terminal/output.ts'
import { countOption, runBench, setsOption, shareOption } from '../harness.ts'
import { onSets } from '../labelled-sets.ts'
import { finePercent, pointsText } from '../summary.ts'
import { type Curve, learningCurveSvg } from './curve-svg.ts'
import { configFor, type LabelledSet, loadSet, OWN } from './learning-set.ts'
import { type Base, describeHalves, learnFromOutside, OUTSIDE } from './outside-prompts.ts'
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
  base: Base
  halves: number
  cross?: boolean
  svg?: string
  out?: string
}

/** Largest loss of accuracy from one serving generation to the next. */
const largestDrop = ({ points }: SimulateResult): number =>
  points.slice(1).reduce((worst, { best }, i) => Math.max(worst, (points[i]?.best ?? 0) - best), 0)

const describeOne = (name: string, { points, ...result }: SimulateResult): string => {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return ''
  return [
    `${name}: ${finePercent(first.best)} -> ${finePercent(last.best)} (${pointsText(last.best - first.best)})`,
    `after thresholds ${finePercent(first.decided)} -> ${finePercent(last.decided)}`,
    `${first.exemplars} -> ${last.exemplars} exemplars`,
    `${result.votes} votes`,
    `${result.wrongVotes} wrong ones, of which ${result.wrongAccepted} became exemplars`,
    `${result.queued} candidates queued`,
    `${result.refused} builds refused`,
    `largest drop ${pointsText(largestDrop({ points, ...result }))}`,
  ].join('; ')
}

const learn = (set: LabelledSet, options: Options): Curve => {
  const { name } = set
  const config = configFor(set.routes, options.seed)
  const { habit, every, share: voteShare, seed } = options
  const common = { set, config, habit, every, voteShare, seed }
  const noisy = simulate({
    ...common,
    wrongShare: options.wrong,
    onPoint: ({ requests, best, exemplars, refused }) =>
      note(`${name} ${requests} ${finePercent(best)} ${exemplars} ${refused ?? ''}`),
  })
  return { name, noisy, clean: simulate({ ...common, wrongShare: 0 }) }
}

const describe = ({ name, noisy, clean }: Curve, { habit, wrong }: Options): string[] => {
  const cost = (clean.points.at(-1)?.best ?? 0) - (noisy.points.at(-1)?.best ?? 0)
  return [
    describeOne(`${name}, ${habit}, ${finePercent(wrong)} wrong`, noisy),
    describeOne(`${name}, ${habit}, none wrong`, clean),
    `${name}: the wrong votes cost ${pointsText(cost)}`,
  ]
}

await runBench({
  name: 'bench:learning',
  description:
    'Stream a set as traffic with votes, rebuild again and again, and measure each time.',
  options: [
    setsOption(`banking77, clinc150, own, ${OUTSIDE}`, ['banking77', 'clinc150', OWN]),
    new Option('--habit <habit>', 'corrections: of what went wrong; votes: on random requests')
      .choices(['corrections', 'votes'])
      .default('corrections'),
    countOption('--every <n>', 'requests between rebuilds', 200),
    shareOption('--share <share>', 'of the requests that are voted on', 0.1),
    shareOption('--wrong <share>', 'of the votes that name a wrong route', 0.05),
    countOption('--shots <n>', 'exemplars of each route at the beginning', 3),
    countOption('--seed <n>', 'of splits and voters', 1),
    new Option(
      '--base <exemplars>',
      `with ${OUTSIDE}: of the folder, all or those without a style tag`,
    )
      .choices(['all', 'untagged'])
      .default('all'),
    countOption('--halves <n>', `with ${OUTSIDE}: random halves of the sources`, 3),
    new Option('--cross', `with ${OUTSIDE}: measure prompts of the read half without votes, too`),
    new Option('--svg <file>', 'the plot'),
    new Option('--out <file>', 'every point, as JSON'),
  ],
  isTimed: false,
  run: async (options: Options) => {
    const { shots, seed, svg, out } = options
    const streamed = options.set.filter((name) => name !== OUTSIDE)
    const sets = await onSets(streamed, loadSet({ shots, seed }), (set) => learn(set, options))
    const curves = Object.values(sets)
    const isOutside = streamed.length < options.set.length
    const halves = isOutside ? ((await learnFromOutside(options)) ?? []) : []
    if (out) await writeFile(out, JSON.stringify({ options, curves, halves }))
    if (svg && curves.length > 0) await writeFile(svg, learningCurveSvg(curves))
    return { curves, halves }
  },
  describe: ({ curves, halves }, options) => [
    ...curves.flatMap((curve) => describe(curve, options)),
    ...(halves.length > 0 ? describeHalves(halves) : []),
  ],
})
