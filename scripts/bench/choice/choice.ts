// `npm run bench:choice`: a thousand prompts with known outcomes through the real server, fake providers with prices behind it, and
// `select: learned` on: what is spent, what each answer was worth, beside always the same model; and whether `explain` makes every
// decision again, the model included. What was imported beforehand are other prompts of the same file.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Option } from 'commander'
import { stringify } from 'yaml'
import { projectRoot } from '../../../src/config/project-root.ts'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import { explainMany } from '../../../src/receipts/explain-decision.ts'
import { openReadOnly } from '../../../src/store/sqlite/read-only.ts'
import { startBuiltServer } from '../../rig/built-server.ts'
import { note } from '../../terminal/output.ts'
import { table } from '../../terminal/table.ts'
import { sampleTraining } from '../bench-router.ts'
import { countOption, runBench, shareOption } from '../harness.ts'
import { readJsonLines } from '../read-json-lines.ts'

import { type OutcomeLine, priceOf, startPricedProvider } from './priced-provider.ts'
import { measureSpeed } from './speed.ts'

interface Options {
  file: string
  prompts: number
  known: number
  target: number
}

const dist = join(projectRoot(), 'dist')
const PER_ROUTE = 30
const IN_FLIGHT = 4

const configOf = (url: string, lines: readonly OutcomeLine[], target: number) => {
  const models = Object.keys(lines[0]?.scores ?? {}).sort()
  const routes = ['code', 'math', 'knowledge', 'writing', 'advice', 'general']
  const select = { policy: 'learned', target: { quality: target } }
  return {
    providers: { fake: { kind: 'openai', base_url: `${url}/v1`, allow_private: true } },
    models: Object.fromEntries(
      models.map((name) => [
        name,
        {
          ...{ provider: 'fake', name, input_usd_per_million: 0 },
          output_usd_per_million: priceOf(lines, name),
        },
      ]),
    ),
    routes: Object.fromEntries(routes.map((route) => [route, { models, select }])),
    default_route: 'general',
    encoder: { deadline_ms: 60_000 },
    training: { copies_per_route: 10 },
    training_data: 'training',
  }
}

const signalbox = async (folder: string, ...args: string[]): Promise<void> => {
  const child = spawn(process.execPath, [join(dist, 'scripts/signalbox.js'), ...args], {
    cwd: folder,
    env: { ...process.env, SIGNALBOX_DATA: join(folder, 'data'), SIGNALBOX_CONFIG: '' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`signalbox ${args[0]} ended with code ${code}.`)
}

interface Served {
  id: string
  model: string
  score: number
  cost: number
}

const TRIES = 10
const PAUSE_MS = 1_000

/** A server that had no turn for seconds refuses what waited: it is asked again. */
const post = async (url: string, body: object): Promise<Response> => {
  for (let tries = 1; ; tries++) {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    if (answer.ok) return answer
    if (tries === TRIES) throw new Error(`${url} answers ${answer.status}.`)
    await answer.body?.cancel()
    await pause(PAUSE_MS)
  }
}

const askOne = async (url: string, { text, scores, cost }: OutcomeLine): Promise<Served> => {
  const messages = [{ role: 'user', content: text }]
  const answer = await post(`${url}/v1/chat/completions`, { model: 'auto', messages })
  await answer.json()
  const model = answer.headers.get('x-router-model') ?? ''
  const id = answer.headers.get('x-router-decision-id') ?? ''
  const score = scores[model] ?? 0
  const verdict = score >= 0.5 ? 'good' : 'bad'
  const voted = await post(`${url}/v1/feedback`, { decision_id: id, verdict, score })
  await voted.body?.cancel()
  return { id, model, score, cost: cost[model] ?? 0 }
}

const askAll = async (url: string, lines: readonly OutcomeLine[]): Promise<Served[]> => {
  const served: Served[] = []
  const queue = lines.values()
  const work = async (): Promise<void> => {
    for (const line of queue) served.push(await askOne(url, line))
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, work))
  return served
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const baselines = (lines: readonly OutcomeLine[]) =>
  Object.keys(lines[0]?.scores ?? {})
    .sort()
    .map((model) => ({
      model,
      quality: mean(lines.map(({ scores }) => scores[model] as number)),
      usd: lines.reduce((sum, { cost }) => sum + (cost[model] as number), 0),
    }))

const explained = async (folder: string, ids: readonly string[]) => {
  const store = await openReadOnly(join(folder, 'data', 'signalbox.db'))
  try {
    const receipts = await explainMany(ids, { store, indexDir: join(folder, 'data', 'index') })
    const found = receipts.filter((one) => one !== null)
    const chosen = found.filter(({ decision }) => decision.selection?.learned?.price != null)
    return {
      reproduced: found.filter(({ verdict }) => verdict === 'reproduced').length,
      by_outcomes: chosen.length,
      failed: found
        .filter(({ verdict }) => verdict !== 'reproduced')
        .slice(0, 3)
        .map(({ verdict, reasons, differences }) => ({ verdict, reasons, differences })),
    }
  } finally {
    await store.close()
  }
}

const servedBy = async (folder: string, asked: readonly OutcomeLine[]): Promise<Served[]> => {
  const server = await startBuiltServer(folder)
  try {
    note(`asking ${asked.length} prompts`)
    return await askAll(server.url, asked)
  } finally {
    await server.stop()
  }
}

const run = async ({ file, prompts, known, target }: Options, folder: string) => {
  const all = shuffled(await readJsonLines<OutcomeLine>(file), createRandom(1))
  const [asked, learnt] = [all.slice(0, prompts), all.slice(prompts, prompts + known)]
  const provider = await startPricedProvider(all)
  await sampleTraining(join(folder, 'training'), { perRoute: PER_ROUTE, seed: 1 })
  await writeFile(join(folder, 'signalbox.yaml'), stringify(configOf(provider.url, all, target)))
  const rows = learnt.map(({ text, label, scores, cost }) => ({ text, label, scores, cost }))
  await writeFile(join(folder, 'known.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'))
  await signalbox(folder, 'outcomes', 'import', 'known.jsonl')
  await signalbox(folder, 'rebuild')
  try {
    const served = await servedBy(folder, asked)
    const ids = served.map(({ id }) => id)
    const singles = baselines(asked)
    return {
      prompts: served.length,
      known: learnt.length,
      target,
      quality: mean(served.map(({ score }) => score)),
      usd: served.reduce((sum, { cost }) => sum + cost, 0),
      best: singles.reduce((a, b) => (b.quality > a.quality ? b : a)),
      singles,
      share: Object.fromEntries(
        singles.map(({ model }) => [
          model,
          served.filter((one) => one.model === model).length / served.length,
        ]),
      ),
      explain: await explained(folder, ids),
      speed: measureSpeed(),
    }
  } finally {
    await provider.close()
  }
}

await runBench({
  name: 'bench:choice',
  description: 'Prompts with known outcomes through the real server, choosing by what was learned.',
  options: [
    new Option('--file <file>', 'outcomes with costs').default(
      join(projectRoot(), '../shared/data/outcomes.mmlu-pro.train.jsonl'),
    ),
    countOption('--prompts <n>', 'that are asked', 1_000),
    countOption('--known <n>', 'other prompts whose outcomes are imported before', 3_000),
    shareOption('--target <share>', "of the best model's quality", 0.98),
  ],
  run,
  describe: ({ prompts, known, target, quality, usd, best, singles, share, explain, speed }) => [
    '',
    `${prompts} prompts, after an evaluation of ${known} others; target ${target} of the best model`,
    ...table([
      ['', 'quality', 'USD', 'share'],
      ['learned', quality.toFixed(3), usd.toFixed(4), ''],
      ...singles.map((one) => [
        `always ${one.model}`,
        one.quality.toFixed(3),
        one.usd.toFixed(4),
        `${(100 * (share[one.model] ?? 0)).toFixed(1)} %`,
      ]),
    ]),
    `${((100 * quality) / best.quality).toFixed(1)} % of the quality of ${best.model} at ${((100 * usd) / best.usd).toFixed(1)} % of its cost`,
    `explain: ${explain.reproduced} of ${prompts} reproduced, the model included; ${explain.by_outcomes} chosen by outcomes`,
    ...explain.failed.map((one) => JSON.stringify(one)),
    `over 20 models and 10,000 outcomes a choice takes ${speed.added_p50_ms.toFixed(2)} ms more than by \`balanced\` (p50; ${speed.learned_p50_ms.toFixed(2)} against ${speed.balanced_p50_ms.toFixed(2)}), p99 ${speed.learned_p99_ms.toFixed(2)} ms`,
  ],
  isMet: ({ explain, prompts }) => explain.reproduced === prompts,
})
