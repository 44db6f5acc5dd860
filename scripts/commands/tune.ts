// signalbox tune: the curve of cost and quality of a route on held-out outcomes, and what the configuration would have to say to
// stand at a point of it. Changes nothing.
import { writeFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import type { LearnedOutcomes } from '../../src/core/outcomes/learned-outcomes.ts'
import { RouterError } from '../../src/errors.ts'
import { fitOutcomes, LEAST_PROMPTS } from '../../src/training/outcomes/fit-outcomes.ts'
import { gatherOutcomes } from '../../src/training/outcomes/gather-outcomes.ts'
import { nominalUsd } from '../../src/training/outcomes/route-aims.ts'
import { routeToTune, type TuneTarget, tuneRoute } from '../../src/training/outcomes/tune-route.ts'
import { describeTune, tuneSvg } from '../report/describe-tune.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { printResult } from '../terminal/output.ts'

interface Options {
  route: string
  target?: number
  usdPerDay?: number
  requestsPerDay?: number
  svg?: string
  json?: boolean
}

const targetOf = ({ target, usdPerDay, requestsPerDay }: Options): TuneTarget => {
  if (usdPerDay === undefined) return { quality: target ?? 0.98 }
  if (target === undefined && requestsPerDay !== undefined) return { usdPerDay, requestsPerDay }
  throw new RouterError(
    'invalid_request',
    '--usd-per-day goes with --requests-per-day, and not with --target.',
  )
}

/** Fitted now, so that a route can be tuned before it chooses by outcomes. */
const learnFor = async (
  context: ScriptContext,
  route: string,
): Promise<Pick<LearnedOutcomes, 'models' | 'heldOut'>> => {
  const { config } = context
  const models = config.routes[route]?.models ?? []
  const { id: encoderId, dimensions, searchDimensions } = await context.encoder()
  const store = await context.store()
  const kept = await gatherOutcomes({
    ...{ store, encoderId, dimensions, models },
    nominalUsd: nominalUsd(config),
  })
  const fitted = fitOutcomes(kept, { aims: [], split: searchDimensions, seed: config.index.seed })
  if (fitted?.artefact) {
    const { model, heldOut } = fitted.artefact
    return { models: model.models, heldOut }
  }
  throw new RouterError(
    'invalid_request',
    `There are too few outcomes of two models of route "${route}": ${LEAST_PROMPTS} prompts are needed. Import an evaluation: signalbox outcomes import FILE`,
  )
}

const tune = (options: Options): Promise<void> =>
  withContext(async (context) => {
    const target = targetOf(options)
    const { route } = options
    routeToTune(context.config, route)
    const report = tuneRoute(context.config, await learnFor(context, route), { route, target })
    if (options.svg !== undefined) await writeFile(options.svg, `${tuneSvg(report)}\n`)
    printResult(options, report, () => [
      ...describeTune(report),
      ...(options.svg === undefined ? [] : [`Wrote ${options.svg}.`]),
    ])
  })

const toShare = (value: string): number => {
  const share = Number(value)
  if (share > 0 && share <= 1) return share
  throw new InvalidArgumentError('Expected a share of the best quality, at most 1, e.g. 0.98.')
}

const toPositive = (value: string): number => {
  const number = Number(value)
  if (number > 0) return number
  throw new InvalidArgumentError('Expected a number above 0.')
}

export const registerTune = (program: Command): void => {
  program
    .command('tune')
    .description('What a route could cost and be worth, and the configuration for a target.')
    .requiredOption('--route <name>', 'a configured route')
    .option('--target <share>', "share of the best model's quality to keep (0.98)", toShare)
    .option('--usd-per-day <usd>', 'what may be spent in a day', toPositive)
    .option('--requests-per-day <n>', 'that it is spent on', toPositive)
    .option('--svg <file>', 'writes the curve as a picture')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nExample:\n  signalbox tune --route code --target 0.98 --svg curve.svg')
    .action(tune)
}
