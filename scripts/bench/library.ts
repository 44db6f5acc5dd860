// npm run bench:library [-- --set NAME --own N --draws N]: what the library does beside exemplars of one's own. Routes of public sets
// get N exemplars of their own each, and the library's exemplars of one of its routes: of the same meaning, of a similar one in
// another domain, or of an unrelated one.
import { existsSync } from 'node:fs'
import { createRandom, shuffled } from '../../src/core/statistics/random.ts'
import {
  type LabelledRow,
  predictRows,
  readLabelledRows,
  trainRouter,
} from '../../src/quality/evaluation/evaluate-file.ts'
import { fitOptions } from '../../src/training/rebuild/fit-options.ts'
import { chooseLibrary } from '../../src/training/rebuild/library-choice.ts'
import { type EvalSession, openSession } from '../report/eval/session.ts'
import { readFolder } from '../report/eval/training-files.ts'
import { withContext } from '../terminal/context.ts'
import { note, percent } from '../terminal/output.ts'
import { countOption, runBench, setsOption } from './harness.ts'
import { joinVectors, publicFile, takeRows } from './labelled-sets.ts'

/** Files that own exemplars are drawn from and that are measured on, and the library's route of each label; null is the same. */
const SETS: Record<string, { train: string; dev: string; like: Record<string, string> | null }> = {
  'task-routes': {
    ...{ train: 'task-routes.train.jsonl', dev: 'task-routes.dev.jsonl' },
    like: {
      ...{ code: 'code', math: 'math', logic: 'reasoning' },
      ...{ knowledge_qa: 'knowledge', writing_general: 'writing' },
    },
  },
  clinc150: {
    ...{ train: 'clinc150.train.jsonl', dev: 'clinc150.dev.jsonl' },
    like: {
      ...{ translate: 'translation', calculator: 'math', definition: 'knowledge' },
      ...{ recipe: 'advice', greeting: 'smalltalk' },
    },
  },
  banking77: {
    ...{ train: 'banking77.train.jsonl', dev: 'banking77.dev.jsonl' },
    like: {
      ...{ card_arrival: 'code', exchange_rate: 'math', lost_or_stolen_card: 'writing' },
      ...{ age_limit: 'knowledge', top_up_failed: 'translation' },
    },
  },
  outside: { train: 'outside.dev.jsonl', dev: 'outside-more.dev.jsonl', like: null },
}

interface Rows {
  rows: LabelledRow[]
  vectors: Float32Array
}

interface Opened {
  session: EvalSession
  own: Rows
  dev: Rows
  library: Rows
}

const openRows = async (session: EvalSession, rows: LabelledRow[]): Promise<Rows> => ({
  rows,
  vectors: await session.embed(
    rows.map(({ text }) => text),
    'library',
  ),
})

const open = async (session: EvalSession, name: string): Promise<Opened | null> => {
  const { train, dev, like } = SETS[name] as (typeof SETS)[string]
  const missing = [train, dev].map(publicFile).find((path) => !existsSync(path))
  if (missing) {
    note(`SKIPPED ${name}: there is no ${missing}, so nothing was measured on it.`)
    return null
  }
  const read = async (file: string): Promise<LabelledRow[]> =>
    (await readLabelledRows(publicFile(file))).flatMap((row) => {
      const label = like === null ? row.label : like[row.label]
      return label === undefined ? [] : [{ ...row, label }]
    })
  const own = await read(train)
  const routes = [...new Set(own.map(({ label }) => label))].filter((route) => route !== 'none')
  const shipped = await readFolder(session.context.paths.trainingData, routes)
  const library = shipped.filter(({ label }) => label !== 'none' || like === null)
  return {
    session,
    own: await openRows(session, own),
    dev: await openRows(session, await read(dev)),
    library: await openRows(session, library),
  }
}

const drawn = ({ rows, vectors }: Rows, each: number, seed: number): Rows => {
  const counts = new Map<string, number>()
  const chosen = shuffled([...rows.keys()], createRandom(seed)).filter((i) => {
    const label = rows[i]?.label as string
    counts.set(label, (counts.get(label) ?? 0) + 1)
    return (counts.get(label) as number) <= each
  })
  return picked({ rows, vectors }, chosen)
}

const picked = ({ rows, vectors }: Rows, chosen: readonly number[]): Rows => {
  const [texts, labels] = [rows.map(({ text }) => text), rows.map(({ label }) => label)]
  return {
    rows: chosen.map((i) => rows[i] as LabelledRow),
    vectors: takeRows({ texts, labels, vectors }, chosen).vectors,
  }
}

/** Right after thresholds and before. */
interface Right {
  decided: number
  best: number
}

const measure = async ({ session, dev }: Opened, { rows, vectors }: Rows): Promise<Right> => {
  const { context, shape } = session
  const { dimensions, searchDimensions } = await context.encoder()
  const { index: config, training } = context.config
  const fit = fitOptions({ index: config, training })
  const trained = trainRouter({
    ...{ rows, vectors, dimensions, searchDimensions, shape, config, fit },
  })
  const predictions = predictRows({ ...dev, shape, router: trained.router })
  const share = (isRight: (p: (typeof predictions)[number]) => boolean): number =>
    predictions.filter(isRight).length / predictions.length
  return {
    decided: share(({ route, label }) => (route ?? 'none') === label),
    best: share(({ top, label }) => top === label),
  }
}

interface Result {
  name: string
  own: number
  seed: number
  alone: Right
  beside: Right
  isKept: boolean
  error: { without: number; with: number }
}

const compare = async (
  opened: Opened,
  { name, each, seed }: { name: string; each: number; seed: number },
): Promise<Result> => {
  const { session, library } = opened
  const own = drawn(opened.own, each, seed)
  const all = {
    rows: [...own.rows, ...library.rows],
    vectors: joinVectors([own.vectors, library.vectors]),
  }
  const { config } = session.context
  const { dimensions, searchDimensions } = await session.context.encoder()
  const choice = chooseLibrary({
    set: {
      ...{ dimensions, searchDimensions, vectors: all.vectors },
      routes: all.rows.map(({ label }) => label),
      texts: all.rows.map(({ text }) => session.shape(text).text),
    },
    isLibrary: all.rows.map((_, row) => row >= own.rows.length),
    options: fitOptions(config),
  })
  const { isKept = true, error = { without: 0, with: 0 } } = choice ?? {}
  const [alone, beside] = [await measure(opened, own), await measure(opened, all)]
  return { name, own: each, seed, alone, beside, isKept, error }
}

interface Options {
  set: string[]
  own: number
  draws: number
}

const describe = ({ name, own, seed, alone, beside, isKept, error }: Result): string => {
  const said = ({ decided, best }: Right) => `${percent(decided)} (${percent(best)} before)`
  return `${name}, ${own} own a route, draw ${seed}: alone ${said(alone)}, with the library ${said(beside)}; squared error on own ones ${error.without.toFixed(3)}, ${error.with.toFixed(3)}: ${isKept ? 'kept' : 'left out'}, so ${percent((isKept ? beside : alone).decided)}`
}

await runBench({
  name: 'bench:library',
  description: 'Exemplars of one’s own with and without the library beside, after thresholds.',
  options: [
    setsOption(Object.keys(SETS).join(', '), Object.keys(SETS)),
    countOption('--own <n>', 'exemplars of one’s own for each route', 10),
    countOption('--draws <n>', 'of the exemplars of one’s own', 3),
  ],
  isTimed: false,
  run: ({ set, own: each, draws }: Options) =>
    withContext(async (context) => {
      const session = await openSession(context, { json: true })
      const results: Result[] = []
      for (const name of set) {
        const opened = await open(session, name)
        for (let seed = 1; opened && seed <= draws; seed++) {
          const result = await compare(opened, { name, each, seed })
          note(describe(result))
          results.push(result)
        }
      }
      return { results }
    }),
  describe: ({ results }) => results.map(describe),
})
