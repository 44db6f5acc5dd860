// What is measured: the provider itself, the rival, and this project's server with a pinned model and with `auto`, all in
// front of the same fake provider with the same prompt.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { defaultConfig } from '../../../src/config/default-config.ts'
import { projectRoot } from '../../../src/config/project-root.ts'
import { type Serving, startBuiltServer, startServing } from '../../rig/built-server.ts'
import type { Target } from './load.ts'
import { startPortkey } from './portkey.ts'
import { DIRECT, RIVAL } from './summary.ts'

export interface Targets {
  all: Target[]
  stop(): Promise<void>
}

export interface TargetsOptions {
  /** Where the rival is installed, and where indexes and logs of decisions are kept between runs. */
  folder: string
  /** dist/ folders of this project by name; several compare builds in one run. */
  builds: Record<string, string>
}

const KEY = 'sk-bench-0000000000000000'
const CHAT = '/v1/chat/completions'

const BODY = {
  temperature: 0.2,
  max_tokens: 512,
  messages: [
    { role: 'system', content: 'You are a careful assistant. Answer in one paragraph.' },
    {
      role: 'user',
      content:
        'Write a Python function that merges two sorted lists into one sorted list without ' +
        'using the sort method, and explain in a sentence why it runs in linear time.',
    },
  ],
}

const startUpstream = (dir: string): Promise<Serving> => {
  const script = fileURLToPath(new URL('./fake-upstream.js', import.meta.url))
  return startServing([script], { dir, env: process.env, until: 'listening' })
}

const startOurs = async (
  dist: string,
  { folder, upstreamUrl }: { folder: string; upstreamUrl: string },
): Promise<Serving> => {
  await mkdir(folder, { recursive: true })
  const config = {
    ...defaultConfig({ OPENAI_BASE_URL: `${upstreamUrl}/v1`, OPENAI_API_KEY: KEY }),
    training_data: join(projectRoot(), 'training-data'),
  }
  await writeFile(join(folder, 'signalbox.yaml'), stringify(config))
  return startBuiltServer(folder, { dist, env: { OPENAI_API_KEY: KEY } })
}

/** A degraded decision costs nothing, and would look fast. */
const checkRouted = async ({ name, url, headers, body }: Target): Promise<void> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  await response.text()
  const reason = response.headers.get('x-router-reason')
  if (response.status === 200 && reason !== 'degraded') return
  throw new Error(`${name} does not route: status ${response.status}, reason ${reason}`)
}

const targetOf = (name: string, { url, cpuMs }: Serving, changes: Partial<Target>): Target => ({
  name,
  url: url + CHAT,
  cpuMs,
  headers: { authorization: `Bearer ${KEY}` },
  body: { model: 'bench-model', ...BODY },
  ...changes,
})

/** Starts one after the other; calls `keep` with each. */
const startAll = async (
  { folder, builds }: TargetsOptions,
  keep: (spawned: Serving) => void,
): Promise<Target[]> => {
  await mkdir(folder, { recursive: true })
  const upstream = await startUpstream(folder)
  keep(upstream)
  const all = [targetOf(DIRECT, upstream, {})]
  const portkey = await startPortkey(join(folder, 'portkey'))
  if (portkey) {
    keep(portkey)
    const headers = {
      authorization: `Bearer ${KEY}`,
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstream.url}/v1`,
    }
    all.push(targetOf(RIVAL, portkey, { headers }))
  }
  for (const [name, dist] of Object.entries(builds)) {
    const own = { folder: join(folder, name), upstreamUrl: upstream.url }
    const ours = await startOurs(dist, own)
    keep(ours)
    all.push(targetOf(`${name} pinned`, ours, { body: { model: 'large', ...BODY } }))
    const auto = targetOf(`${name} auto`, ours, { body: { model: 'auto', ...BODY } })
    await checkRouted(auto)
    all.push(auto)
  }
  return all
}

/** Everything started and serving; nothing is left running where one of them cannot. */
export const startTargets = async (options: TargetsOptions): Promise<Targets> => {
  const running: Serving[] = []
  const stop = async (): Promise<void> => {
    for (const spawned of running.splice(0).reverse()) await spawned.stop()
  }
  try {
    return { all: await startAll(options, (spawned) => running.push(spawned)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
