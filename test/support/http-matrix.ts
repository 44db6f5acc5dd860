// Runs one block of HTTP tests three times: in process, over a socket, and over a socket with the adapter leaving
// Node's Request and Response alone (the two differ in how bodies are read and answers written).
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterEach, describe } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { createFakeDeps, type FakeHttpDeps } from './http-fakes.ts'

export interface RunningApp {
  deps: FakeHttpDeps
  request(path: string, init?: RequestInit & { duplex?: 'half' }): Promise<Response>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  /** Null in process. */
  port: number | null
}

export interface HttpKind {
  name: string
  isSocket: boolean
  start(configChanges?: Record<string, unknown>): Promise<RunningApp>
}

const withPost = (app: Omit<RunningApp, 'post'>): RunningApp => ({
  ...app,
  post: (path, body, headers = {}) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
})

const inProcess = async (deps: FakeHttpDeps): Promise<RunningApp> => {
  const app = createApp(deps)
  return withPost({
    deps,
    port: null,
    request: async (path, init) => app.request(path, init),
  })
}

const overSocket = async (
  deps: FakeHttpDeps,
  options: { overrideGlobalObjects: boolean; servers: Server[] },
): Promise<RunningApp> => {
  const { overrideGlobalObjects, servers } = options
  const { fetch: handle } = createApp(deps)
  const server = serve({ fetch: handle, port: 0, hostname: '127.0.0.1', overrideGlobalObjects })
  servers.push(server as Server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const request: RunningApp['request'] = (path, init) =>
    fetch(`http://127.0.0.1:${port}${path}`, init)
  return withPost({ deps, port, request })
}

/** `block` registers its tests with what it is given; servers close after each test. */
export const describeHttp = (name: string, block: (http: HttpKind) => void): void => {
  const servers: Server[] = []
  const kinds: HttpKind[] = [
    {
      name: 'in process',
      isSocket: false,
      start: (changes) => inProcess(createFakeDeps(changes)),
    },
    ...[true, false].map((overrideGlobalObjects) => ({
      name: `over a socket, ${overrideGlobalObjects ? "with the adapter's" : "with Node's"} Request`,
      isSocket: true,
      start: (changes?: Record<string, unknown>) =>
        overSocket(createFakeDeps(changes), { overrideGlobalObjects, servers }),
    })),
  ]
  describe.each(kinds)(`${name}, $name`, (kind) => {
    afterEach(async () => {
      for (const server of servers.splice(0)) {
        server.closeAllConnections()
        server.close()
        await once(server, 'close')
      }
    })
    block(kind)
  })
}
