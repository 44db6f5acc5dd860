// A set that learning is measured on: three exemplars a route to start from, the rest as traffic, and prompts that training
// never sees. Of a public set, or of the project's own routes.
import { type Config, configSchema } from '../../../src/config/config-schema.ts'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import type { LabelledRow } from '../../../src/quality/evaluation/evaluate-file.ts'
import { augment } from '../../../src/training/exemplars/augment.ts'
import { loadExemplars, loadHeldOut } from '../../../src/training/exemplars/exemplars.ts'
import type { EvalSession } from '../../report/eval/session.ts'
import { embedRows, type Rows, readParts, takeRows } from '../labelled-sets.ts'

export interface LabelledSet {
  name: string
  dimensions: number
  searchDimensions: number
  routes: string[]
  start: Rows
  traffic: Rows
  dev: Rows
  /** Held-out prompts of the operator's, which the gate judges beside the voted ones; absent where there are none. */
  guard?: Rows
  /** Names of the routes, which every generation is trained on beside its exemplars. */
  anchors: { vectors: Float32Array; texts: string[]; routes: string[] }
}

export interface SplitOptions {
  /** Exemplars of each route at the beginning. */
  shots: number
  seed: number
}

export const OWN = 'own'
/** Takes what matches no route; nothing is trained for it. */
const DEFAULT_ROUTE = 'unrouted'

const routeName = (label: string): string =>
  label === 'none' ? label : label.toLowerCase().replace(/[^a-z0-9_-]/g, '_')

/** The defaults of every knob, with the set's routes. */
export const configFor = (routes: readonly string[], seed: number): Config =>
  configSchema.parse({
    providers: { echo: { kind: 'echo' } },
    models: { echo: { provider: 'echo', name: 'echo' } },
    routes: Object.fromEntries(
      [DEFAULT_ROUTE, ...routes.filter((route) => route !== 'none')].map((route) => [
        route,
        { models: ['echo'] },
      ]),
    ),
    default_route: DEFAULT_ROUTE,
    index: { seed },
  })

const readOwn = async (session: EvalSession): Promise<{ train: Rows; dev: Rows }> => {
  const { config, paths } = session.context
  const routes = Object.keys(config.routes)
  const toRow = ({ text, route }: { text: string; route: string }) => ({ text, label: route })
  const exemplars = (await loadExemplars(paths.trainingData, routes)).map(toRow)
  const heldOut = ((await loadHeldOut(paths.trainingData, routes)) ?? []).map(toRow)
  return {
    train: await embedRows(session, exemplars, 'own train'),
    dev: await embedRows(session, heldOut, 'own dev'),
  }
}

/** The first `shots` of each route in a random order, and the others in that order. */
const split = (rows: Rows, { shots, seed }: SplitOptions): { start: number[]; rest: number[] } => {
  const taken = new Map<string, number>()
  const start: number[] = []
  const rest: number[] = []
  for (const row of shuffled([...rows.texts.keys()], createRandom(seed))) {
    const label = rows.labels[row] as string
    const count = taken.get(label) ?? 0
    taken.set(label, count + 1)
    ;(count < shots ? start : rest).push(row)
  }
  return { start, rest }
}

/** Routes with their names, and sentences about them where there are any, as anchors of the fit. */
export const embedAnchors = async (
  { embed }: EvalSession,
  descriptions: Readonly<Record<string, readonly string[]>>,
): Promise<LabelledSet['anchors']> => {
  const routes = Object.keys(descriptions)
  const beside = augment({ texts: routes, routes, descriptions, copiesPerRoute: 0, seed: 1 })
  return beside.complete(await embed(beside.texts, 'names of the routes')).anchors
}

const shaped = (session: EvalSession, { texts, ...rows }: Rows): Rows => ({
  ...rows,
  texts: texts.map((text) => session.shape(text).text),
})

/** With routing texts, as the store keeps them. */
export const embedShaped = async (
  session: EvalSession,
  rows: readonly LabelledRow[],
  stage: string,
): Promise<Rows> => shaped(session, await embedRows(session, rows, stage))

/** Null where the set is not there. @throws RouterError of the encoder */
export const loadSet =
  (options: SplitOptions) =>
  async (name: string, session: EvalSession): Promise<LabelledSet | null> => {
    const parts =
      name === OWN ? await readOwn(session) : await readParts(session, name, ['train', 'dev'])
    if (parts === null) return null
    const named = (rows: Rows): Rows =>
      shaped(session, { ...rows, labels: rows.labels.map(routeName) })
    const [train, dev] = [named(parts.train), named(parts.dev)]
    const { dimensions, searchDimensions } = await session.context.encoder()
    const routes = [...new Set(train.labels)].sort()
    const { start, rest } = split(train, options)
    return {
      ...{ name, dimensions, searchDimensions, routes, dev },
      anchors: await embedAnchors(session, Object.fromEntries(routes.map((route) => [route, []]))),
      start: takeRows(train, start),
      traffic: takeRows(train, rest),
    }
  }
