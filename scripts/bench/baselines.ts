// npm run bench:baselines: what plain methods make of the same sentence embeddings, trained on the same exemplars: ten nearest
// neighbours and a softmax regression, without side features, words, thresholds or a prompt being turned away.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { denseLogits, fitDenseHead } from '../../src/core/classifier/dense-head.ts'
import { nearestExemplars } from '../../src/core/classifier/nearest.ts'
import { plainKnnRoute } from '../../src/core/classifier/plain-knn.ts'
import { firstColumns } from '../../src/core/classifier/training-rows.ts'
import { type Matrix, topTwo } from '../../src/core/linear/matrix.ts'
import { type LabelledRow, readLabelledRows } from '../../src/quality/evaluation/evaluate-file.ts'
import { type EvalSession, openSession } from '../report/eval/session.ts'
import { readFolder } from '../report/eval/training-files.ts'
import { withContext } from '../terminal/context.ts'
import { note, percent } from '../terminal/output.ts'
import { runBench } from './harness.ts'
import { publicFile } from './labelled-sets.ts'

interface Embedded {
  rows: LabelledRow[]
  embeddings: Matrix
}

interface Result {
  file: string
  rows: number
  neighbours: number
  softmax: number
}

const embedded = async (session: EvalSession, rows: LabelledRow[]): Promise<Embedded> => {
  const { dimensions, searchDimensions } = await session.context.encoder()
  const texts = rows.map(({ text }) => text)
  const data = await session.embed(texts, 'baselines')
  const whole = { rows: rows.length, cols: dimensions, data }
  return { rows, embeddings: firstColumns(whole, searchDimensions) }
}

const shareRight = (rows: readonly LabelledRow[], routeOf: (row: number) => string | null) => {
  const right = rows.filter(({ label, tags }, i) =>
    [label, ...(tags?.also ?? [])].includes(routeOf(i) ?? ''),
  )
  return right.length / rows.length
}

const compare = (train: Embedded, seed: number) => {
  const routes = [...new Set(train.rows.map(({ label }) => label))].sort()
  const labels = Int32Array.from(train.rows, ({ label }) => routes.indexOf(label))
  const head = fitDenseHead(train.embeddings, labels, routes.length, seed)
  const exemplars = { embeddings: train.embeddings, rows: train.embeddings, labels, routes }
  return (file: string, { rows, embeddings }: Embedded): Result => {
    const logits = denseLogits(head, embeddings)
    const near = nearestExemplars({ embeddings, rows: embeddings }, exemplars, 10)
    return {
      ...{ file, rows: rows.length },
      neighbours: shareRight(rows, (i) => plainKnnRoute(near[i] ?? [])),
      softmax: shareRight(rows, (i) => routes[topTwo(logits, i)[0]] ?? null),
    }
  }
}

const describe = ({ file, rows, neighbours, softmax }: Result): string =>
  `${file}: ${rows} prompts; ten nearest ${percent(neighbours)}, softmax ${percent(softmax)}`

await runBench({
  name: 'bench:baselines',
  description: 'Ten nearest neighbours and a softmax on the embeddings of the shipped exemplars.',
  isTimed: false,
  run: () =>
    withContext(async (context) => {
      const session = await openSession(context, { json: true })
      const { config, paths } = context
      const exemplars = await readFolder(paths.trainingData, Object.keys(config.routes))
      const measure = compare(await embedded(session, exemplars), config.index.seed)
      const results: Result[] = []
      const own = join(paths.trainingData, 'held-out.jsonl')
      for (const file of [
        own,
        ...['outside', 'outside-more'].map((n) => `${n}.dev.jsonl`).map(publicFile),
      ]) {
        if (existsSync(file)) {
          results.push(measure(file, await embedded(session, await readLabelledRows(file))))
        } else note(`SKIPPED: there is no ${file}, so nothing was measured on it.`)
      }
      return { results }
    }),
  describe: ({ results }) => results.map(describe),
})
