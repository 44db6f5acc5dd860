// The sets that learning is measured on: public ones beside the project, and the project's own routes.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, configSchema } from '../../../src/config/config-schema.ts'
import { readLabelledRows } from '../../../src/quality/evaluation/evaluate-file.ts'
import { loadExemplars, loadHeldOut } from '../../../src/training/exemplars/exemplars.ts'
import { type EvalSession, openSession } from '../../report/eval/session.ts'
import { type ScriptContext, withContext } from '../../terminal/context.ts'
import { note } from '../../terminal/output.ts'
import { embedSet, type LabelledSet, type SplitOptions } from './labelled-set.ts'

export const OWN = 'own'
export const DATA = join('..', 'shared', 'data')
/** Takes what matches no route; nothing is trained for it. */
const DEFAULT_ROUTE = 'unrouted'

/** The defaults of every knob, with the set's routes. */
export const configFor = (routes: readonly string[], seed: number): Config =>
  configSchema.parse({
    providers: { echo: { kind: 'echo' } },
    models: { echo: { provider: 'echo', name: 'echo' } },
    routes: Object.fromEntries(
      [DEFAULT_ROUTE, ...routes.filter((route) => route !== 'none')].map((route) => [
        route.toLowerCase().replace(/[^a-z0-9_-]/g, '_'),
        { models: ['echo'] },
      ]),
    ),
    default_route: DEFAULT_ROUTE,
    index: { seed },
  })

const routeName = (label: string): string =>
  label === 'none' ? label : label.toLowerCase().replace(/[^a-z0-9_-]/g, '_')

const loadSet = async (
  name: string,
  context: ScriptContext,
  options: SplitOptions & { session: EvalSession },
): Promise<LabelledSet | null> => {
  if (name === OWN) {
    const routes = Object.keys(context.config.routes)
    const exemplars = await loadExemplars(context.paths.trainingData, routes)
    const heldOut = (await loadHeldOut(context.paths.trainingData, routes)) ?? []
    const toRow = ({ text, route }: { text: string; route: string }) => ({ text, label: route })
    return embedSet(name, { train: exemplars.map(toRow), dev: heldOut.map(toRow) }, options)
  }
  const file = (split: string): string => join(DATA, `${name}.${split}.jsonl`)
  if (!existsSync(file('train'))) {
    note(`SKIPPED: ${file('train')} is not there, so nothing was measured on ${name}.`)
    return null
  }
  const named = (rows: { text: string; label: string }[]) =>
    rows.map(({ text, label }) => ({ text, label: routeName(label) }))
  const train = named(await readLabelledRows(file('train')))
  return embedSet(name, { train, dev: named(await readLabelledRows(file('dev'))) }, options)
}

/** What `measure` finds on each set that is there. */
export const onSets = <T>(
  names: readonly string[],
  split: SplitOptions,
  measure: (set: LabelledSet, session: EvalSession) => T | Promise<T>,
): Promise<Record<string, T>> =>
  withContext(async (context) => {
    const session = await openSession(context, { json: true })
    const results: Record<string, T> = {}
    for (const name of names) {
      const set = await loadSet(name, context, { ...split, session })
      if (set) results[name] = await measure(set, session)
    }
    return results
  })
