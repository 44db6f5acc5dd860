// A provider below HTTP: writes the bytes of a test as they are, chosen by model name, and closes.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

const BODY = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'raw',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Raw.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
})
const LENGTH = `content-length: ${BODY.length}`
const JSON_TYPE = 'content-type: application/json'
const lines = (...head: string[]): string => [...head, '', ''].join('\r\n')
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

/** Answers by model name. */
export const RAW_ANSWERS: Record<string, string> = {
  'http-1.0': lines('HTTP/1.0 200 OK', JSON_TYPE) + BODY,
  'early-hints':
    lines('HTTP/1.1 103 Early Hints', 'link: </x>') +
    lines('HTTP/1.1 200 OK', JSON_TYPE, LENGTH) +
    BODY,
  trailers:
    lines('HTTP/1.1 200 OK', JSON_TYPE, 'transfer-encoding: chunked', 'trailer: x-sum') +
    chunk(BODY.slice(0, 9)) +
    chunk(BODY.slice(9)) +
    lines('0', 'x-sum: 1'),
  'big-headers':
    lines('HTTP/1.1 200 OK', JSON_TYPE, LENGTH, `x-pad: ${'p'.repeat(100_000)}`) + BODY,
  'bad-chunks': `${lines('HTTP/1.1 200 OK', JSON_TYPE, 'transfer-encoding: chunked')}zz\r\n${BODY}\r\n0\r\n\r\n`,
  'two-lengths': lines('HTTP/1.1 200 OK', JSON_TYPE, LENGTH, 'content-length: 3') + BODY,
  'no-http': 'SSH-2.0-OpenSSH_9.6\r\n',
  'status-line': lines('HTTP/1.1 2000 Fine', JSON_TYPE, LENGTH) + BODY,
}

const answerOn = (socket: Socket): void => {
  let received = ''
  socket.on('error', () => {}) // a reset by the peer is what some of these are meant to cause
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1')
    const model = /"model":"([^"]+)"/.exec(received)?.[1]
    if (model !== undefined) socket.end(RAW_ANSWERS[model] ?? '')
  })
}

export interface RawProvider {
  /** Ends in /v1. */
  baseUrl: string
  close(): Promise<void>
}

export const startRawProvider = async (): Promise<RawProvider> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    answerOn(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
