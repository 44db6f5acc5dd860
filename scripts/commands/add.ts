// signalbox add: one labelled example prompt into the training data, unless it is a duplicate or contradicts another route.

import { relative } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { Exemplar } from '../../src/core/types.ts'
import { appendExemplars } from '../../src/training/exemplars/append-exemplars.ts'
import { checkAddition, type NearExemplar } from '../../src/training/exemplars/check-addition.ts'
import { embedTexts } from '../../src/training/exemplars/embed-exemplars.ts'
import { loadExemplars } from '../../src/training/exemplars/exemplars.ts'
import {
  checkRoute,
  describeNear,
  newExemplar,
  refuseObjection,
} from '../../src/training/exemplars/new-exemplar.ts'
import { createShape } from '../../src/training/exemplars/shape.ts'
import { openConfiguredCache } from '../../src/training/rebuild/prepare-training-set.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { createProgress, printResult } from '../terminal/output.ts'

interface Options {
  route: string
  force?: boolean
  json?: boolean
}

const NEW_ROUTE_HINT = 'To make a new route: signalbox routes add NAME --models MODEL.'

const check = async (context: ScriptContext, exemplar: Exemplar, options: Options) => {
  const { config, paths } = context
  const exemplars = await loadExemplars(paths.trainingData, Object.keys(config.routes))
  const encoder = await context.singleEncoder()
  const cache = await openConfiguredCache(paths.cache, encoder, config.encoder)
  const shape = createShape(config.encoder.max_chars)
  const progress = createProgress(options)
  const { vectors } = await embedTexts(
    [exemplar, ...exemplars].map(({ text }) => shape(text).text),
    {
      encoder,
      concurrency: 8,
      lookup: cache.get,
      remember: cache.put,
      onProgress: (done, total) => progress.update('Embedding', done, total),
    },
  ).finally(() => {
    progress.stop()
    return cache.flush()
  })
  const { dimensions, searchDimensions } = encoder
  return checkAddition({
    text: exemplar.text,
    route: exemplar.route,
    vector: vectors.slice(0, dimensions),
    exemplars,
    vectors: vectors.subarray(dimensions),
    searchDimensions,
  })
}

const toJson = (near: NearExemplar | null) =>
  near && {
    id: near.exemplar.id,
    route: near.exemplar.route,
    text: near.exemplar.text,
    similarity: near.similarity,
  }

const run = async (context: ScriptContext, input: string, options: Options): Promise<void> => {
  const { force = false, route } = options
  checkRoute(route, Object.keys(context.config.routes), NEW_ROUTE_HINT)
  const exemplar = newExemplar(input, route)
  const result = await check(context, exemplar, options)
  refuseObjection(result, { force, howToForce: '--force' })
  const [file = ''] = await appendExemplars(context.paths.trainingData, [exemplar])
  const nearest = {
    nearestSame: toJson(result.nearestSame),
    nearestOther: toJson(result.nearestOther),
  }
  printResult(options, { added: exemplar, file, ...nearest }, () => [
    `Added ${exemplar.id} to ${relative(process.cwd(), file)}.`,
    ...(result.nearestSame
      ? [`Nearest of ${exemplar.route}: ${describeNear(result.nearestSame)}`]
      : []),
    ...(result.nearestOther ? [`Nearest of others: ${describeNear(result.nearestOther)}`] : []),
    'It counts from the next build on: signalbox rebuild',
  ])
}

export const registerAdd = (program: Command): void => {
  program
    .command('add')
    .description('Add a labelled example prompt to the training data.')
    .argument('<text>', 'the prompt, or - to read it from standard input')
    .requiredOption('--route <route>', 'the route it belongs to, or none')
    .option('--force', 'also where it is nearly a duplicate or contradicts another route')
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  signalbox add "fix this regex" --route code\n  pbpaste | signalbox add - --route writing',
    )
    .action(async (text: string, options: Options) => {
      const input = text === '-' ? await readAll(process.stdin) : text
      await withContext((context) => run(context, input, options))
    })
}
