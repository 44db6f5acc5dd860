// Sends hostile bodies to a running server, one by one or several at once, and polls its liveness meanwhile.
import { setTimeout as wait } from 'node:timers/promises'
import type { HostileBody } from './hostile-bodies.ts'

export interface SentBody {
  name: string
  status: number
  /** Of an error, else null. */
  code: string | null
  /** Until the last byte. */
  ms: number
}

export interface Sent {
  bodies: SentBody[]
  /** Duration of each request to /healthz meanwhile, in milliseconds. */
  livenessMs: number[]
}

const PAUSE_MS = 5

/** `code`, or Anthropic's `type`, of an answer that is an error. */
const codeOf = (text: string): string | null => {
  if (!text.startsWith('{')) return null // a stream
  const { error } = JSON.parse(text) as { error?: { code?: string | null; type?: string } }
  return error?.code ?? error?.type ?? null
}

const send = async (
  url: string,
  { name, path, body }: { name: string; path: string; body: string },
): Promise<SentBody> => {
  const headers = { 'content-type': 'application/json' }
  const startedMs = performance.now()
  const response = await fetch(url + path, { method: 'POST', headers, body })
  const text = await response.text()
  return { name, status: response.status, code: codeOf(text), ms: performance.now() - startedMs }
}

/** Polls /healthz until stopped. @throws where it answers anything but 200 */
const watchLiveness = (url: string) => {
  const took: number[] = []
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      const startedMs = performance.now()
      const response = await fetch(`${url}/healthz`)
      await response.arrayBuffer()
      if (response.status !== 200) throw new Error(`/healthz answered ${response.status}.`)
      took.push(performance.now() - startedMs)
      await wait(PAUSE_MS)
    }
  })()
  return async (): Promise<number[]> => {
    isOver = true
    await watching
    return took
  }
}

/** @param atOnce how many are under way at a time: so many are made, sent, and waited for */
export const sendBodies = async (
  url: string,
  bodies: readonly HostileBody[],
  atOnce: number,
): Promise<Sent> => {
  const sent: Sent = { bodies: [], livenessMs: [] }
  for (let at = 0; at < bodies.length; at += atOnce) {
    const group = bodies.slice(at, at + atOnce).map((one) => ({ ...one, body: one.make() }))
    await wait(PAUSE_MS) // lets the client notice connections that closed while the bodies were made
    const stop = watchLiveness(url)
    sent.bodies.push(...(await Promise.all(group.map((one) => send(url, one)))))
    sent.livenessMs.push(...(await stop()))
  }
  return sent
}
