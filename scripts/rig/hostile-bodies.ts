// Requests that a careless server stands still for: each hostile text as a prompt, and bodies whose form is the attack.
import { HOSTILE_TEXTS, type MakeText } from './hostile-texts.ts'

export interface HostileBody {
  name: string
  path: string
  /** Made when it is sent: all of them together would take gigabytes. */
  make: () => string
}

const CHAT = '/v1/chat/completions'
const bytesOf = (text: string): number => Buffer.byteLength(text)

const user = (content: unknown) => ({ role: 'user', content })
const chat = (content: unknown, rest: object = {}): string =>
  JSON.stringify({ model: 'auto', messages: [user(content)], ...rest })

/** The longest text of a kind whose body has at most `bytes`; escapes take up to six bytes for one character. */
const filled = (make: MakeText, write: (text: string) => string, bytes: number): string => {
  const room = bytes - 500
  const sample = make(1_000)
  const perChar = bytesOf(JSON.stringify(sample)) / sample.length
  let chars = Math.floor(room / perChar)
  for (let body = write(make(chars)); ; body = write(make(chars))) {
    if (bytesOf(body) <= bytes) return body
    chars = Math.floor(chars * 0.95)
  }
}

const repeatedTo = (bytes: number, item: string): string =>
  Array.from({ length: Math.floor(bytes / (item.length + 1)) }, () => item).join(',')

const numbered = (count: number, write: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => write(i)).join(',')

const message = '{"role":"user","content":"hi"}'
const nestedList = (depth: number): object =>
  depth === 0 ? { type: 'integer' } : { type: 'array', minItems: 100, items: nestedList(depth - 1) }

const asked = (parameters: unknown): string =>
  chat('call it', {
    tools: [{ type: 'function', function: { name: 'f', parameters } }],
    tool_choice: 'required',
  })

const parts = (count: number, type: (i: number) => string): string =>
  `{"model":"auto","messages":[{"role":"user","content":[${numbered(count, (i) => `{"type":"${type(i)}","text":"a"}`)}]}]}`

const SPACES: MakeText = (chars) => ' '.repeat(chars)
const LETTERS: MakeText = (chars) => 'a'.repeat(chars)
const WORDS: MakeText = (chars) => 'word '.repeat(chars / 5)

/** Bodies of another form than one long prompt. */
const shaped = (bytes: number): HostileBody[] => [
  {
    name: 'spaces, streamed',
    path: CHAT,
    make: () => filled(SPACES, (t) => chat(t, { stream: true }), bytes),
  },
  {
    name: 'spaces as a message',
    path: '/v1/messages',
    make: () =>
      filled(
        SPACES,
        (t) => JSON.stringify({ model: 'auto', max_tokens: 9, messages: [user(t)] }),
        bytes,
      ),
  },
  {
    name: 'spaces as a response',
    path: '/v1/responses',
    make: () => filled(SPACES, (t) => JSON.stringify({ model: 'auto', input: `a${t}` }), bytes),
  },
  {
    name: 'spaces as a completion',
    path: '/v1/completions',
    make: () => filled(SPACES, (t) => JSON.stringify({ model: 'auto', prompt: `a${t}` }), bytes),
  },
  {
    name: 'words to be routed',
    path: '/v1/route',
    make: () => filled(WORDS, (t) => JSON.stringify({ prompt: t }), bytes),
  },
  {
    name: 'letters to be embedded',
    path: '/v1/embeddings',
    make: () => filled(LETTERS, (t) => JSON.stringify({ model: 'auto', input: t }), bytes),
  },
  {
    name: 'words to be counted',
    path: '/v1/messages/count_tokens',
    make: () => filled(WORDS, (t) => JSON.stringify({ model: 'auto', messages: [user(t)] }), bytes),
  },
  {
    name: 'a name of a field',
    path: '/v1/route',
    make: () => filled(LETTERS, (t) => JSON.stringify({ [t]: 1 }), bytes),
  },
  {
    name: 'a description of a tool',
    path: CHAT,
    make: () => filled(WORDS, (t) => asked({ type: 'object', description: t }), bytes),
  },
  {
    name: 'a value of a schema',
    path: CHAT,
    make: () =>
      filled(
        SPACES,
        (t) => asked({ type: 'object', required: ['a'], properties: { a: { const: t } } }),
        bytes,
      ),
  },
  {
    name: 'a schema of nested lists',
    path: CHAT,
    make: () => asked({ type: 'object', required: ['a'], properties: { a: nestedList(14) } }),
  },
  {
    name: 'a schema that refers to itself',
    path: CHAT,
    make: () =>
      asked({
        type: 'object',
        required: ['a', 'b'],
        properties: { a: { $ref: '#/' }, b: { $ref: '#' } },
      }),
  },
  {
    name: 'ten thousand messages',
    path: CHAT,
    make: () => `{"model":"auto","messages":[${numbered(10_000, () => message)}]}`,
  },
  {
    name: 'too many messages',
    path: CHAT,
    make: () => `{"model":"auto","messages":[${repeatedTo(bytes - 50, message)}]}`,
  },
  {
    name: 'as many keys as are taken',
    path: CHAT,
    make: () =>
      `{"model":"auto","messages":[${message}],"metadata":{${numbered(49_000, (i) => `"k${i}":1`)}}}`,
  },
  {
    name: 'as many types of parts as are taken',
    path: CHAT,
    make: () => parts(20_000, (i) => `kind${i}`),
  },
  { name: 'as many parts as are taken', path: CHAT, make: () => parts(20_000, () => 'text') },
  {
    name: 'nested as deep as is taken',
    path: CHAT,
    make: () => chat('hi', { x: JSON.parse(`${'['.repeat(190)}${']'.repeat(190)}`) }),
  },
  { name: 'nested too deep', path: CHAT, make: () => '['.repeat(bytes) },
  {
    name: 'numbers',
    path: CHAT,
    make: () =>
      `{"model":"auto","messages":[${message}],"x":[${repeatedTo(bytes - 100, '1e999')}]}`,
  },
  { name: 'an unended string', path: CHAT, make: () => `{"model":"${'x'.repeat(bytes - 20)}` },
  {
    name: 'images that are none',
    path: CHAT,
    make: () =>
      filled(
        LETTERS,
        (t) => chat([{ type: 'image_url', image_url: { url: `data:a/${t}` } }]),
        bytes,
      ),
  },
]

/** All of them, each of at most `bytes`. */
export const hostileBodies = (bytes: number): HostileBody[] => [
  ...[...HOSTILE_TEXTS].map(([name, make]) => ({
    name,
    path: CHAT,
    make: () => filled(make, chat, bytes),
  })),
  ...shaped(bytes),
]
