// Responses and their events held against the types of OpenAI's own client, which are generated from OpenAI's document: what was
// told is written down as a program, and TypeScript's compiler says whether it is of those types.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectRoot } from '../../src/config/project-root.ts'
import type { JsonObject } from '../../src/dialects/json.ts'
import { readEvents } from '../support/sse.ts'
import { weatherFunction } from './contract.ts'
import { CHAT_PROMPT, MODELS, type Providers, startProviders, WEATHER_PROMPT } from './providers.ts'

const run = promisify(execFile)
const tsc = join(projectRoot(), 'node_modules/typescript/bin/tsc')
/** Of the package itself, because the program stands elsewhere. */
const types = join(
  fileURLToPath(import.meta.resolve('openai')),
  '../resources/responses/responses.js',
)

let providers: Providers
let folder: string
beforeAll(async () => {
  providers = await startProviders()
  folder = await mkdtemp(join(tmpdir(), 'signalbox-types-'))
}, 120_000)
afterAll(async () => {
  await providers?.stop()
  await rm(folder, { recursive: true, force: true })
})

const ask = async (body: object): Promise<string> => {
  const response = await fetch(`${providers.baseURL}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
  return response.text()
}

interface Told {
  type: 'Response' | 'ResponseStreamEvent'
  value: JsonObject
}

const tools = [{ type: 'function', strict: null, ...weatherFunction }]

/** Whole answers and all events of streams: text, calls, every parameter that is said back, and a failed stream. */
const toldBy = async (model: string): Promise<Told[]> => {
  const forced = model === 'echo' ? { tool_choice: 'required' } : {}
  const requests = [
    { model, input: CHAT_PROMPT },
    { model, input: WEATHER_PROMPT, tools, ...forced },
    {
      ...{ model, input: CHAT_PROMPT, instructions: 'Be brief.', temperature: 0.3, top_p: 0.8 },
      ...{ max_output_tokens: 400, metadata: { ticket: '7' }, user: 'u-1' },
      ...{ text: { format: { type: 'text' }, verbosity: 'low' } },
    },
  ]
  const told: Told[] = []
  for (const request of requests) {
    told.push({ type: 'Response', value: JSON.parse(await ask(request)) })
    const events = readEvents(await ask({ ...request, stream: true })).slice(0, -1)
    told.push(...events.map(({ data }) => ({ type: 'ResponseStreamEvent' as const, value: data })))
  }
  return told
}

/** OpenAI's own API says null of them (see the examples of its reference), which these types leave out. */
const NULL_AT_OPENAI = ['usage', 'user']

/** `output_text` is no field of the API: the client itself adds it to the responses that it reads. */
const asRead = (value: JsonObject): JsonObject => {
  const response = value.response as JsonObject | undefined
  if (response !== undefined) return { ...value, response: asRead(response) }
  if (value.object !== 'response') return value
  const given = Object.entries(value).filter(
    ([name, field]) => field !== null || !NULL_AT_OPENAI.includes(name),
  )
  return { ...Object.fromEntries(given), output_text: '' }
}

/** Literal types, but not read-only; further fields than the type's are allowed, missing or other ones are not. */
const program = (told: readonly Told[]): string =>
  [
    `import type { Response, ResponseStreamEvent } from ${JSON.stringify(types)}`,
    'type Written<T> = T extends object ? { -readonly [K in keyof T]: Written<T[K]> } : T',
    ...told.map(({ value }, i) => `const given${i} = ${JSON.stringify(asRead(value))} as const`),
    ...told.map(
      ({ type }, i) => `export const told${i}: ${type} = given${i} as Written<typeof given${i}>`,
    ),
  ].join('\n')

/** What the compiler says of the program; '' for nothing. */
const complaints = async (name: string, told: readonly Told[]): Promise<string> => {
  const file = join(folder, `${name}.ts`)
  await writeFile(file, program(told))
  const flags = [
    ...[
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2022',
      '--module',
      'nodenext',
    ],
    ...['--moduleResolution', 'nodenext', '--types', ''],
  ]
  return run(process.execPath, [tsc, ...flags, file]).then(
    () => '',
    (error: { stdout?: string }) => String(error.stdout ?? error),
  )
}

test.each(MODELS)(
  'what is told of %s is of OpenAI’s types',
  async (model) => {
    const told = await toldBy(model)
    expect(told.length).toBeGreaterThan(20)
    expect(await complaints(model, told)).toBe('')
  },
  120_000,
)

test('what is not, is complained of', async () => {
  const told: Told[] = [
    { type: 'Response', value: { id: 'r', object: 'response' } },
    { type: 'ResponseStreamEvent', value: { type: 'response.unheard_of' } },
  ]
  const said = await complaints('neither', told)
  expect(said.match(/error TS/g)).toHaveLength(told.length)
}, 120_000)
