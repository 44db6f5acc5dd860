// The faulty provider: the fake provider's faults and those that the acceptance list adds, each chosen by model name and
// counted per model. `name#2` and `name@anything` are the same fault under another name.
import {
  chunkEvent,
  DONE,
  type Exchange,
  errorBody,
  FAULTS,
  type FakeProvider,
  type Fault,
  json,
  ROLE,
  STOP,
  startFakeProvider,
  stream,
  USAGE,
  USAGE_VALUES,
  write,
} from './fake-provider.ts'

const TOKENS = 60
const tokens = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => chunkEvent({ content: `t${from + n} ` }))

/** The text of a whole answer. */
export const WHOLE_TEXT = Array.from({ length: TOKENS }, (_, n) => `t${n} `).join('')

/** A whole answer in the form that was asked for, naming the model that gave it. */
export const answer: Fault = (x) => {
  if (x.body.stream === true) {
    return stream(x, ROLE, ...tokens(0, TOKENS), STOP, USAGE, DONE, 'end')
  }
  const message = { role: 'assistant', content: WHOLE_TEXT }
  json(x, 200, {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: x.body.model,
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: USAGE_VALUES,
  })
}

export const status = (code: number, error: object = {}, headers: object = {}): Fault => {
  return (x) => json(x, code, errorBody(`status ${code}`, error), headers)
}
const reset: Fault = ({ request }) => void request.socket.destroy()
export const firstTime = (fault: Fault): Fault => {
  return (x) => (x.nth === 1 ? fault(x) : answer(x))
}
const cutAfter = async (x: Exchange): Promise<void> => {
  stream(x, ROLE, ...tokens(0, 39))
  x.response.write(tokens(39, 40)[0] ?? '', () => x.response.destroy())
}

/** Headers at once, the whole answer `ms` later. */
export const slowToken =
  (ms: number): Fault =>
  (x) => {
    stream(x, ROLE)
    const timer = setTimeout(() => {
      for (const event of [...tokens(0, TOKENS), STOP, USAGE, DONE]) x.response.write(event)
      x.response.end()
    }, ms)
    x.response.once('close', () => clearTimeout(timer))
  }

const FLOOD_BYTES = 500 * 1024 * 1024
const FLOOD_CHARS = 64 * 1024

/** Half a gigabyte of well-formed events, as fast as its peer takes them. */
const flood: Fault = async (x) => {
  stream(x, ROLE)
  const event = Buffer.from(chunkEvent({ content: 'x'.repeat(FLOOD_CHARS) }))
  while (x.attempt.bytesWritten < FLOOD_BYTES && !x.response.destroyed) await write(x, event)
  x.response.end()
}

/** Faults by model name. */
export const FAULTS_BY_MODEL: Record<string, Fault> = {
  ...FAULTS,
  ok: answer,
  '429-once': firstTime(status(429, {}, { 'retry-after': '1' })),
  '429-forever': status(429),
  '429-long': status(429, {}, { 'retry-after': '86400' }),
  '429-patient': status(429, {}, { 'retry-after': '20' }),
  '429-date': (x) => {
    const at = new Date(Date.now() + 40_000).toUTCString()
    return status(429, {}, { 'retry-after': at })(x)
  },
  '429-growing': (x) => status(429, {}, { 'retry-after': x.nth === 1 ? '1' : '30' })(x),
  '429-shrinking': (x) => status(429, {}, { 'retry-after': x.nth === 1 ? '30' : '1' })(x),
  '429-nan': status(429, {}, { 'retry-after': 'NaN' }),
  '500-once': firstTime(status(500)),
  '503-forever': status(503),
  '401-forever': status(401, { code: 'invalid_api_key' }),
  'reset-once': firstTime(reset),
  'reset-forever': reset,
  'reset-odd': (x) => (x.nth % 2 === 1 ? reset(x) : answer(x)),
  'cut-40': cutAfter,
  'stall-40': (x) => stream(x, ROLE, ...tokens(0, 40)),
  'context-length': status(400, { code: 'context_length_exceeded', type: 'invalid_request_error' }),
  'content-filter': status(400, { code: 'content_filter', type: 'invalid_request_error' }),
  'refuses-prefill': status(400, { type: 'invalid_request_error', code: 'prefill_unsupported' }),
  'malformed-event': (x) => {
    const broken = ['data: {"broken\n\n', 'data: 12\n\n']
    stream(x, ROLE, ...tokens(0, 40), ...broken, ...tokens(40, TOKENS), STOP, USAGE, DONE, 'end')
  },
  'missing-done': (x) => stream(x, ROLE, ...tokens(0, TOKENS), STOP, USAGE, 'end'),
  flood,
  redirect: (x) => {
    x.response.writeHead(302, { location: `http://${x.request.headers.host}/stolen` })
    x.response.end()
  },
}

const withTwins = (faults: Record<string, Fault>): Record<string, Fault> =>
  new Proxy(faults, { get: (all, name) => all[String(name).replace(/[#@].*$/, '')] })

/** Starts the faulty provider; `faults` adds to or replaces its own. */
export const startFaultyProvider = (faults: Record<string, Fault> = {}): Promise<FakeProvider> =>
  startFakeProvider(withTwins({ ...FAULTS_BY_MODEL, ...faults }))

/** The text that a stream's chunks carry. */
export const textOf = (sse: string): string =>
  dataOf(sse)
    .map((data) => (JSON.parse(data) as { choices?: { delta?: { content?: string } }[] }).choices)
    .map((choices) => choices?.[0]?.delta?.content ?? '')
    .join('')

/** The `data` of the events but for `[DONE]`. */
export const dataOf = (sse: string): string[] =>
  [...sse.matchAll(/^data: (.*)$/gm)].map(([, data]) => data ?? '').filter((d) => d !== '[DONE]')
