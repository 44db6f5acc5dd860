// Bad input to the real server and the real command: every one is refused with what was wrong and what would be right,
// and neither the process nor the data is the worse for it.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSite, type RunningServer, type Site } from '../support/server.ts'
import { exampleRoute } from '../support/training-folder.ts'

let site: Site
let server: RunningServer

beforeAll(async () => {
  site = await createSite()
  server = await site.start()
}, 120_000)

afterAll(() => site.remove())

interface Envelope {
  error: { message: string; code: string; param: string | null }
}

const CHAT = '/v1/chat/completions'
const FEEDBACK = '/v1/feedback'
const hello = { model: 'auto', messages: [{ role: 'user', content: 'hello' }] }
const vote = { decision_id: 'd', verdict: 'bad' }

describe('the server', () => {
  it.each([
    [
      'an unknown route',
      CHAT,
      { ...hello, model: 'route:cod' },
      404,
      'route_not_found',
      /code, math/,
    ],
    ['an unknown model', CHAT, { ...hello, model: 'smal' }, 404, 'model_not_found', /small/],
    ['no messages', CHAT, { ...hello, messages: [] }, 400, 'invalid_request', /messages.*>=1/],
    [
      'an empty prompt',
      '/v1/route',
      { prompt: '' },
      400,
      'invalid_request',
      /prompt: is empty; give/,
    ],
    ['a blank prompt', '/v1/route', { prompt: ' \n' }, 400, 'invalid_request', /prompt: is empty/],
    ['a truncated body', CHAT, '{"model": "auto", ', 400, 'invalid_json', /position 18/],
    ['no body', CHAT, '', 400, 'invalid_json', /send JSON/],
    ['NaN', FEEDBACK, '{"verdict": "bad", "score": NaN}', 400, 'invalid_json', /not valid JSON/],
    ['null for text', '/v1/route', { prompt: null }, 400, 'invalid_request', /prompt.*string/],
    [
      'a misspelt field',
      FEEDBACK,
      { ...vote, corect_route: 'code' },
      400,
      'invalid_request',
      /corect_route: unknown field, did you mean correct_route\? Allowed: decision_id, /,
    ],
    [
      'feedback for an unknown route',
      FEEDBACK,
      { ...vote, correct_route: 'cod' },
      404,
      'route_not_found',
      /did you mean "code"\?/,
    ],
    ['feedback on nothing', FEEDBACK, vote, 404, 'decision_not_found', /No stored decision/],
  ])('refuses %s', async (_, path, body, status, code, message) => {
    const response = await server.post(path, body)
    expect(response.status).toBe(status)
    const { error } = (await response.json()) as Envelope
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })

  it('refuses a body of 34 MB, whole or in chunks, and names the setting', async () => {
    const text = JSON.stringify({ ...hello, padding: 'x'.repeat(34_000_000) })
    const send = (body: RequestInit['body']) =>
      fetch(server.url + CHAT, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        duplex: 'half',
      } as RequestInit)
    for (const body of [text, new Blob([text]).stream()]) {
      const response = await send(body)
      expect(response.status).toBe(413)
      const { error } = (await response.json()) as Envelope
      expect(error).toMatchObject({ code: 'body_too_large' })
      expect(error.message).toContain('server.max_body_bytes')
    }
  })

  it('routes as before after all of it', async () => {
    const decision = await server.route('sort a python list with a function')
    expect(decision).toMatchObject({ route: exampleRoute('code'), reason: 'matched' })
    expect(server.log().filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('the command', () => {
  it.each([
    [['add', 'hello there', '--route', 'cod'], 1, /"cod" is not a configured route.*"code"/],
    [['add', ' ', '--route', 'code'], 1, /text must not be empty/],
    [['add', 'hello there'], 2, /required option '--route <route>'/],
    [['route', ' '], 1, /prompt is empty; give the text/],
    [['import', 'missing.csv'], 1, /missing\.csv cannot be read \(ENOENT\)/],
    [['import', 'prompts.txt'], 1, /--format with one of jsonl, csv, json, yaml|cannot be read/],
    [['rollback', '--to', 'x'], 2, /Expected a generation number such as 41/],
    [['rollback', '--to', '9'], 1, /no generation 9; generations: 1/],
    [['rebuild', '--now'], 2, /unknown option '--now'/],
    [['rebiuld'], 2, /unknown command 'rebiuld'/],
  ])('%j exits %i and says why', async (args, exitCode, message) => {
    const result = await site.run(args)
    expect(result.stderr).toMatch(message)
    expect(result.stderr).toMatch(/^error: /)
    expect(result.exitCode).toBe(exitCode)
    expect(result.stdout).toBe('')
  })

  it('refuses imported vectors and lines that hold anything but numbers and text, and writes none', async () => {
    const numbers = (value: unknown) => Array(383).fill(0.1).concat(value)
    const row = (vector: unknown) => JSON.stringify({ text: 'a new one', route: 'code', vector })
    const rows = [
      [
        row(numbers(null)),
        'its vector is invalid at position 383: null instead of a finite number',
      ],
      [
        row(numbers(0)).replace(/0\]/, '1e999]'),
        'position 383: Infinity instead of a finite number',
      ],
      [row(numbers('1')), 'position 383: string instead of a finite number'],
      [row([NaN, 1]).replace('null', 'NaN'), 'is not valid JSON'],
      [row([1, 2, 3]), 'its vector has 3 numbers, the encoder gives 384'],
      [row(Array(384).fill(0)), 'its vector is zero'],
      [row(null), 'its vector is not a list of numbers'],
      ['{"text": null, "route": "code"}', 'its text must be a string'],
      ['{"text": "a new one"}', 'has no "route'],
      ['null', 'is not an object like {"text": "…", "route": "…"}'],
    ] as const
    await writeFile(join(site.dir, 'bad.jsonl'), rows.map(([line]) => `${line}\n`).join(''))
    const before = await readFile(join(site.trainingDir, 'code.jsonl'), 'utf8')
    const { exitCode, stdout, stderr } = await site.run(['import', 'bad.jsonl'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^error: 10 of the rows in bad\.jsonl are invalid, so nothing was written/,
    )
    rows.forEach(([, reason], i) => {
      const line = stdout.split('\n').find((text) => text.includes(`bad.jsonl:${i + 1}:`))
      expect(line).toContain(reason)
    })
    expect(await readFile(join(site.trainingDir, 'code.jsonl'), 'utf8')).toBe(before)
  }, 60_000)
})

describe('bad training data', () => {
  it('stops a rebuild with file and line, and the index stays as it was', async () => {
    const file = join(site.trainingDir, 'math.jsonl')
    const before = await readFile(file, 'utf8')
    await writeFile(
      file,
      `${before}{"text": NaN, "route": "math"}\n{"text": null, "route": "math"}\n`,
    )
    const { exitCode, stderr } = await site.run(['rebuild'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /math\.jsonl:7: is not valid JSON; expected \{"text": "…", "route": "math"\}/,
    )
    expect(stderr).toMatch(/math\.jsonl:8: "text" must be a string/)
    await writeFile(file, before)
    expect(await server.route('solve x squared')).toMatchObject({ index_generation: 1 })
  }, 60_000)
})

describe('a wrong configuration', () => {
  let stopped: Site
  beforeAll(async () => {
    stopped = await createSite()
  }, 120_000)
  afterAll(() => stopped.remove())

  const misspelt = { encodr: {}, index: { ef_serch: 3 } }
  const expected = [
    /index\.ef_serch: unknown key, did you mean "ef_search"\? Allowed: m, ef_construction/,
    /encodr: unknown key, did you mean "encoder"\?/,
  ]

  it('keeps the server and every command from starting, and names key and remedy', async () => {
    await stopped.configure(misspelt)
    const start = await stopped.startAndFail()
    const check = await stopped.run(['config', 'check'])
    expect(start.code).toBe(1)
    expect(check.exitCode).toBe(1)
    for (const message of expected) {
      expect(start.stderr).toMatch(message)
      expect(check.stderr).toMatch(message)
    }
    const elsewhere = await stopped.startAndFail({ env: { SIGNALBOX_CONFIG: 'nope.yaml' } })
    expect(elsewhere.stderr).toMatch(/SIGNALBOX_CONFIG names .*nope\.yaml, which does not exist/)
  }, 60_000)

  it('that names a missing model ends with the file that is missing, and what to put there', async () => {
    await stopped.configure({ encoder: { model: './no-such-model' } })
    const start = await stopped.startAndFail()
    const rebuild = await stopped.run(['rebuild'])
    expect([start.code, rebuild.exitCode]).toEqual([1, 1])
    for (const stderr of [start.stderr, rebuild.stderr]) {
      expect(stderr).toMatch(/no-such-model\/config\.json is missing\. Put a transformers\.js/)
    }
  }, 60_000)
})
