// HTTP over a bare socket: for what a well-behaved client would hide, such as how a body ends.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawClient {
  socket: Socket
  /** Everything received so far, latin-1. */
  received(): string
  /** Resolves once `text` has been received. @throws where the socket closes before. */
  until(text: string): Promise<void>
  /** Resolves with everything received when the server has closed. */
  closed(): Promise<string>
}

export const rawClient = async (port: number): Promise<RawClient> => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  socket.on('error', () => {}) // a reset is an end like any other: `closed` tells it
  const closing = once(socket, 'close')
  return {
    socket,
    received: () => received,
    until: async (text) => {
      while (!received.includes(text)) {
        if (socket.destroyed) throw new Error(`closed before ${JSON.stringify(text)}`)
        await Promise.race([once(socket, 'data'), closing])
      }
    },
    closed: async () => {
      await closing
      return received
    },
  }
}

export const rawPost = (path: string, body: string, headers: string[] = []): string =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n')
