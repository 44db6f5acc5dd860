// The way one would do it oneself, as a server of bench:load: Hono, the feature-extraction pipeline in the same process, and
// hnswlib over a thousand of the shipped exemplars. It answers at once what the echo provider would.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { serve } from '@hono/node-server'
import { env, pipeline } from '@xenova/transformers'
import hnsw from 'hnswlib-node'
import { Hono } from 'hono'
import { projectRoot } from '../../../src/config/project-root.ts'
import { printJson } from '../../terminal/output.ts'

const EXEMPLARS = 1_000
const DIMENSIONS = 384
const NEIGHBOURS = 10

const model = process.env.MODEL ?? ''
env.allowRemoteModels = false
env.localModelPath = dirname(model) + sep
const extract = await pipeline('feature-extraction', basename(model), { quantized: true })

const embed = async (text: string): Promise<number[]> => {
  const { data } = await extract(text, { pooling: 'mean', normalize: true })
  return Array.from(data as Float32Array)
}

const folder = join(projectRoot(), 'training-data')
const rows = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl') && name !== 'held-out.jsonl')
  .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
  .map((line) => JSON.parse(line) as { text: string; route: string })
const step = Math.floor(rows.length / EXEMPLARS)
const exemplars = rows.filter((_, i) => i % step === 0)

const index = new hnsw.HierarchicalNSW('cosine', DIMENSIONS)
index.initIndex(exemplars.length)
for (const [i, { text }] of exemplars.entries()) index.addPoint(await embed(text), i)

const vote = (positions: readonly number[]): string => {
  const votes = new Map<string, number>()
  for (const position of positions) {
    const route = exemplars[position]?.route ?? 'general'
    votes.set(route, (votes.get(route) ?? 0) + 1)
  }
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'general'
}

const app = new Hono()
app.post('/v1/chat/completions', async (c) => {
  const { messages } = await c.req.json<{ messages: { content: string }[] }>()
  const { neighbors } = index.searchKnn(await embed(messages.at(-1)?.content ?? ''), NEIGHBOURS)
  const route = vote(neighbors)
  c.header('x-router-route', route)
  const message = { role: 'assistant', content: `This would go to ${route}.` }
  return c.json({ object: 'chat.completion', choices: [{ index: 0, message }] })
})
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  printJson({ msg: 'listening', url: `http://127.0.0.1:${port}` })
})
process.on('SIGTERM', () => process.exit(0))
