// The caller's side of a case: one chat completion over a socket, kept as far as it came, and read as a client reads it.
import { dataOf } from '../../rig/faulty-provider.ts'

export type Form = 'json' | 'sse'

export interface Received {
  status: number
  header(name: string): string | null
  /** Whole, or as far as it came. */
  text: string
  /** True where the body ended properly, not by a closed socket. */
  isClean: boolean
  tookMs: number
}

/** An answer as a client reads it, streamed or not. */
export interface Reading {
  /** The answer's text so far. */
  text: string
  finishReason: string | null
  /** `code` of the error that it received, null where it received none. */
  errorCode: string | null
  /** A stream's `[DONE]`; of JSON, that it could be read. */
  isClosed: boolean
  usage: Record<string, unknown> | null
}

interface Completion {
  error?: { code?: string | null; message?: string }
  choices?: {
    delta?: { content?: string }
    message?: { content?: string }
    finish_reason?: string | null
  }[]
  usage?: Record<string, unknown> | null
}

/** Never rejects for a body that breaks off; rejects where there is no answer at all. */
export const ask = async (url: string, model: string, form: Form): Promise<Received> => {
  const startedAtMs = performance.now()
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'Hello there' }],
      ...(form === 'sse' && { stream: true, stream_options: { include_usage: true } }),
    }),
  })
  const { status, headers } = response
  const body = await readAll(response)
  const tookMs = performance.now() - startedAtMs
  return { status, header: (name) => headers.get(name), ...body, tookMs }
}

const readAll = async (response: Response): Promise<Pick<Received, 'text' | 'isClean'>> => {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true })
    return { text, isClean: true }
  } catch {
    return { text, isClean: false }
  }
}

/** @throws SyntaxError where the server sent what is no JSON: that is a failure of the case, not of the bench */
export const read = ({ status, text }: Received, form: Form): Reading => {
  const isSingle = form === 'json' || status !== 200
  const events = (isSingle ? [text] : dataOf(text)).map((data) => JSON.parse(data) as Completion)
  const error = events.find((event) => event.error)?.error
  const firstChoices = events.flatMap(({ choices = [] }) => choices[0] ?? [])
  return {
    text: firstChoices.map(({ message, delta }) => (message ?? delta)?.content ?? '').join(''),
    finishReason: firstChoices.flatMap(({ finish_reason: reason }) => reason ?? []).at(-1) ?? null,
    errorCode: error ? (error.code ?? error.message ?? 'unnamed') : null,
    isClosed: isSingle || /^data: \[DONE\]$/m.test(text),
    usage: events.findLast(({ usage }) => usage)?.usage ?? null,
  }
}

export const formName = (form: Form): string => (form === 'sse' ? 'streamed' : 'whole')
