// Headers that middleware adds to every reply. A reply that is made by `headed` gets them in the record that it is made of: through the
// response's own Headers they would be copied, validated, sorted and copied again, which costs as much as writing the reply.
import type { AppContext, HeaderSource } from '../request/app-env.ts'

/** Awaits `next`, and adds the headers to whatever came of it. */
export const addHeaders = async (
  c: AppContext,
  next: () => Promise<void>,
  source: HeaderSource,
): Promise<void> => {
  const sources = c.get('headerSources')
  if (sources) sources.push(source)
  else c.set('headerSources', [source])
  await next()
  if (c.res === c.get('headed')) return
  for (const [name, value] of Object.entries(source())) c.res.headers.set(name, value)
}

/** A reply with its own headers and those of the middleware so far, the outermost last. */
export const headed = (
  c: AppContext,
  body: string | ReadableStream<Uint8Array>,
  { status, headers }: { status: number; headers: Record<string, string> },
): Response => {
  const all = { ...headers }
  for (const source of (c.get('headerSources') ?? []).toReversed()) Object.assign(all, source())
  const response = new Response(body, { status, headers: all })
  c.set('headed', response)
  return response
}
