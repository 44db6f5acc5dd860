// Servers on loopback that fail as providers do, each in its own way, and certificates that do not hold.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { DONE, ROLE, STOP, USAGE, WORDS } from '../../support/fake-provider.ts'

export const GOOD_KEY = 'good-canary-7731-key'
export const OFFERED = 'offered-model'

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const refuse = (response: Parameters<RequestListener>[1], status: number, error: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error }))
}

/** As OpenAI's own: a path, a key and a model that exist. It quotes the key that it refuses. */
const answer: RequestListener = (request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => {
    const key = request.headers.authorization ?? ''
    if (request.url !== '/v1/chat/completions') {
      return refuse(response, 404, { message: `Invalid URL (POST ${request.url})` })
    }
    if (key !== `Bearer ${GOOD_KEY}`) {
      return refuse(response, 401, { message: `Incorrect API key provided: ${key.slice(7)}` })
    }
    const { model } = JSON.parse(body) as { model: string }
    if (model !== OFFERED) {
      const message = `The model \`${model}\` does not exist`
      return refuse(response, 404, { message, code: 'model_not_found' })
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'x-ratelimit-remaining-requests': '41',
    })
    response.end([ROLE, ...WORDS, STOP, USAGE, DONE].join(''))
  })
}

export const startProvider = (): Promise<number> => listen(createServer(answer))

/** A web page, whatever is asked. */
export const startWebPage = (): Promise<number> =>
  listen(
    createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<!doctype html><title>Welcome</title>')
    }),
  )

/** A port that nothing listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

export interface Certificate {
  key: string
  cert: string
}

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** Signed by itself, valid for these times (YYYYMMDDHHMMSSZ). */
export const makeCertificate = (
  dir: string,
  { host, from, to }: { host: string; from: string; to: string },
): Certificate => {
  const folder = join(dir, host)
  const at = (name: string): string => join(folder, name)
  mkdirSync(folder)
  writeFileSync(at('index.txt'), '')
  writeFileSync(at('serial'), '01\n')
  writeFileSync(
    at('ca.cnf'),
    `[ca]\ndefault_ca = own\n[own]\nnew_certs_dir = ${folder}\ndatabase = ${at('index.txt')}\nserial = ${at('serial')}\ndefault_md = sha256\npolicy = any\nx509_extensions = names\n[any]\ncommonName = supplied\n[names]\nsubjectAltName = DNS:${host}\n`,
  )
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`)
  }
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const request = ['-keyout', at('key.pem'), '-out', at('request.pem'), '-subj', `/CN=${host}`]
  openssl('req', '-new', ...curve, ...request)
  const dates = ['-startdate', from, '-enddate', to]
  const signed = ['-in', at('request.pem'), '-out', at('cert.pem'), '-keyfile', at('key.pem')]
  openssl('ca', '-batch', '-selfsign', '-config', at('ca.cnf'), ...dates, ...signed)
  return { key: readFileSync(at('key.pem'), 'utf8'), cert: readFileSync(at('cert.pem'), 'utf8') }
}

export const startTls = ({ key, cert }: Certificate): Promise<number> =>
  listen(createTlsServer({ key, cert }, answer))
