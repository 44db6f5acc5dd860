// The provider behind every gateway of the bench: a process of its own that answers a chat completion at once, whole or as
// a stream whose events leave one by one, as tokens do. It does as little as it can, so that what is measured is in front.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { COMPLETION, chunkEvent, DONE, ROLE, STOP, USAGE } from '../../rig/fake-provider.ts'
import { printJson } from '../../terminal/output.ts'

/** Content events of a stream; each is written in a turn of its own, so they do not reach the gateway in one piece. */
const EVENTS = 20

const message = {
  role: 'assistant',
  content: 'Use two pointers and append the rest. '.repeat(8),
}
const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
const WHOLE = Buffer.from(JSON.stringify({ ...COMPLETION, choices }))

const words = Array.from({ length: EVENTS }, (_, i) => chunkEvent({ content: ` word${i}` }))
const STREAM = [ROLE, ...words, STOP, USAGE, DONE].map((event) => Buffer.from(event))

const answerWhole = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': WHOLE.length })
  response.end(WHOLE)
}

const answerStream = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let at = 0
  const write = (): void => {
    const next = STREAM[at]
    at += 1
    if (next === undefined) return void response.end()
    response.write(next)
    setImmediate(write)
  }
  write()
}

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const isStream = Buffer.concat(parts).includes('"stream":true')
    if (isStream) answerStream(response)
    else answerWhole(response)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
printJson({ msg: 'listening', url: `http://127.0.0.1:${port}` })
