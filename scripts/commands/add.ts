// signalbox add: one labelled example prompt into the training data, unless it is a duplicate or contradicts another route.

import { relative } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import { unknownRoute } from '../../src/core/suggest.ts'
import { type Exemplar, NONE_ROUTE } from '../../src/core/types.ts'
import { RouterError } from '../../src/errors.ts'
import { appendExemplars } from '../../src/training/exemplars/append-exemplars.ts'
import {
  type AdditionCheck,
  checkAddition,
  type NearExemplar,
} from '../../src/training/exemplars/check-addition.ts'
import { embedTexts } from '../../src/training/exemplars/embed-exemplars.ts'
import { exemplarId, exemplarTextSchema } from '../../src/training/exemplars/exemplar-line.ts'
import { loadExemplars } from '../../src/training/exemplars/exemplars.ts'
import { createShape } from '../../src/training/exemplars/shape.ts'
import { openConfiguredCache } from '../../src/training/rebuild/prepare-training-set.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { createProgress, preview, printResult } from '../terminal/output.ts'

interface Options {
  route: string
  force?: boolean
  json?: boolean
}

const describeNear = ({ exemplar, similarity }: NearExemplar): string =>
  `${JSON.stringify(preview(exemplar.text))} (route ${exemplar.route}, ${exemplar.id}, similarity ${similarity.toFixed(3)})`

const OBJECTIONS = {
  duplicate: 'The route has this text already',
  near_duplicate: 'The route has almost the same text already',
  contradiction: 'Another route has the same text',
  conflict: 'Another route has almost the same text',
}

/** Two lines with the same text would make the training data invalid: no --force for that. */
const isFinal = ({ objection }: AdditionCheck): boolean =>
  objection?.kind === 'duplicate' || objection?.kind === 'contradiction'

const refuse = (result: AdditionCheck): void => {
  if (result.objection === null) return
  const { kind, neighbour } = result.objection
  const advice = isFinal(result)
    ? 'Edit or remove that line instead.'
    : 'Add it nevertheless with --force, or correct that line.'
  throw new RouterError(
    'invalid_exemplar',
    `${OBJECTIONS[kind]}: ${describeNear(neighbour)}. ${advice}`,
  )
}

const toExemplar = (input: string, route: string, routes: string[]): Exemplar => {
  const allowed = [...routes, NONE_ROUTE]
  if (!allowed.includes(route)) {
    const hint = 'To make a new route: signalbox routes add NAME --models MODEL.'
    throw new RouterError('route_not_found', `${unknownRoute(route, allowed)} ${hint}`)
  }
  const parsed = exemplarTextSchema.safeParse(input.trim())
  if (!parsed.success) {
    throw new RouterError('invalid_exemplar', `The text ${parsed.error.issues[0]?.message}.`)
  }
  const text = parsed.data
  return { id: exemplarId({ route, text }), text, route, source: 'seed' }
}

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
  const exemplar = toExemplar(input, options.route, Object.keys(context.config.routes))
  const result = await check(context, exemplar, options)
  if (!options.force || isFinal(result)) refuse(result)
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
