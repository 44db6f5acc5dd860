// Fifteen things that go wrong with an installation, planted together: the doctor names the cause of each, in one look. Its
// certificates are made by openssl; without it their two rows are left out, and said so.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { configSchema } from '../../src/config/config-schema.ts'
import { describeConfig, type LoadedConfig } from '../../src/config/load-config.ts'
import { makeBundle } from '../../src/quality/doctor/bundle.ts'
import { type DoctorOptions, examine } from '../../src/quality/doctor/doctor.ts'
import type { Finding } from '../../src/quality/doctor/finding.ts'
import type { Resolve } from '../../src/upstream/egress/agent.ts'
import {
  freePort,
  GOOD_KEY,
  hasOpenssl,
  makeCertificate,
  OFFERED,
  startProvider,
  startTls,
  startWebPage,
} from '../quality/doctor/planted-providers.ts'
import { decisionOf, openStoreHere } from '../store/fixtures.ts'
import { madeRows, writeMadeGeneration } from '../support/made-generations.ts'
import {
  exampleConfig,
  exampleTraining,
  temporaryFolder,
  writeTraining,
} from '../support/training-folder.ts'

const ENV = {
  GOOD: GOOD_KEY,
  WRONG: 'wrong-canary-4419-key',
  // The form of Anthropic's keys.
  FOREIGN: 'sk-ant-canary-9920-key-of-another',
}

/** Knows the two hosts with certificates; no other. */
const resolve: Resolve = (hostname, callback) =>
  hostname.endsWith('.certified.test')
    ? callback(null, [{ address: '127.0.0.1', family: 4 }])
    : callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), [])

interface Entry {
  base_url: string
  api_key_env?: string
  model?: string
  allow_private?: boolean
}

const configOf = (entries: Record<string, Entry>, port: number): LoadedConfig => {
  const names = Object.keys(entries)
  const config = configSchema.parse({
    ...exampleConfig(),
    server: { port },
    providers: Object.fromEntries([
      ['echo', { kind: 'echo' }],
      ...names.map((name) => {
        const { model: _model, ...entry } = entries[name] as Entry
        return [name, { kind: 'openai', ...entry }]
      }),
    ]),
    models: Object.fromEntries([
      ['small', { provider: 'echo', name: 'small' }],
      ...names.map((name) => [
        `${name}-model`,
        { provider: name, name: entries[name]?.model ?? OFFERED },
      ]),
    ]),
  })
  return { config, ...describeConfig(config), path: null }
}

/** Two hosts, each with a certificate that does not hold: of one the authority is known. */
const plantCertificates = async (dir: string) => {
  if (!hasOpenssl) {
    process.stderr.write('SKIPPED: openssl is not installed, so no certificate is planted\n')
    return { entries: {}, ca: [] }
  }
  const to = '20990101000000Z'
  const past = { from: '20200101000000Z', to: '20200201000000Z' }
  const expired = makeCertificate(dir, { host: 'expired.certified.test', ...past })
  const unknown = makeCertificate(dir, { host: 'unknown.certified.test', from: past.from, to })
  const at = async (host: string, certificate: typeof expired): Promise<Entry> => ({
    base_url: `https://${host}:${await startTls(certificate)}/v1`,
    allow_private: true,
  })
  return {
    entries: {
      expired: await at('expired.certified.test', expired),
      unknown: await at('unknown.certified.test', unknown),
    },
    ca: [expired.cert],
  }
}

/** A built-in model whose graph is not what the lock says. */
const plantModel = async (dir: string): Promise<string> => {
  const name = 'all-MiniLM-L6-v2'
  await mkdir(join(dir, 'models', name, 'onnx'), { recursive: true })
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json']
  const graph = 'onnx/model_quantized.onnx'
  for (const file of files) await writeFile(join(dir, 'models', name, file), '')
  await writeFile(join(dir, 'models', name, graph), 'cut short')
  const listed = Object.fromEntries([...files, graph].map((file) => [file, empty]))
  const source = { package: 'x', version: '1', files: {} }
  const lock = { models: { [name]: { source, files: listed } } }
  await writeFile(join(dir, 'models', 'lock.json'), JSON.stringify(lock))
  return join(dir, 'models')
}

/** One byte of the vectors is another. */
const plantIndex = async (dir: string): Promise<string> => {
  const index = join(dir, 'index')
  await mkdir(index)
  await writeMadeGeneration(index, madeRows({ perRoute: 8, seed: 3 }))
  const [folder = ''] = (await readdir(index)).filter((name) => name.startsWith('g'))
  await writeFile(join(index, 'current'), `${folder}\n`)
  const file = join(index, folder, 'vectors.f32')
  const bytes = await readFile(file)
  bytes[9] = (bytes[9] ?? 0) ^ 255
  await writeFile(file, bytes)
  return index
}

/** A page in the middle is overwritten. */
const plantDatabase = async (dir: string): Promise<string> => {
  const file = join(dir, 'signalbox.db')
  const store = await openStoreHere({ file })
  for (let n = 1; n <= 300; n++) store.recordDecision(decisionOf(n), 'pending')
  await store.close()
  const bytes = readFileSync(file)
  bytes.fill(0x5a, 8 * 4096, 40 * 4096)
  writeFileSync(file, bytes)
  return file
}

const takenPort = async (): Promise<number> => {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

const plant = async (dir: string): Promise<DoctorOptions> => {
  const [good, web, nothing] = await Promise.all([startProvider(), startWebPage(), freePort()])
  const { entries, ca } = await plantCertificates(dir)
  const v1 = `http://127.0.0.1:${good}/v1`
  const loaded = configOf(
    {
      sound: { base_url: v1, api_key_env: 'GOOD' },
      wrong_key: { base_url: v1, api_key_env: 'WRONG' },
      other_host: { base_url: v1, api_key_env: 'FOREIGN' },
      wrong_base: { base_url: `http://127.0.0.1:${web}/v1`, api_key_env: 'GOOD' },
      wrong_path: { base_url: `${v1}/chat/completions`, api_key_env: 'GOOD' },
      no_name: { base_url: 'https://no-such-host.test/v1' },
      refused: { base_url: `http://127.0.0.1:${nothing}/v1` },
      no_model: { base_url: v1, api_key_env: 'GOOD', model: 'gone-model' },
      dead_proxy: { base_url: 'https://api.behind-proxy.test/v1' },
      ...entries,
    },
    await takenPort(),
  )
  return {
    loaded,
    problem: null,
    paths: {
      // Nobody can make a file there, not even root.
      data: '/proc/signalbox',
      index: await plantIndex(dir),
      cache: join(dir, 'cache'),
      database: await plantDatabase(dir),
      trainingData: await writeTraining(join(dir, 'training-data'), exampleTraining()),
    },
    env: {
      ...ENV,
      HTTPS_PROXY: `http://user:proxy-canary-3321@127.0.0.1:${nothing}`,
      NO_PROXY: 'no-such-host.test,.certified.test',
    },
    isOnline: true,
    now: Date.now,
    resolve,
    ca,
    models: await plantModel(dir),
  }
}

/** What was planted: where it must be found, and the cause that must be named. */
const PLANTED: [check: string, subject: string | null, cause: RegExp][] = [
  ['call', 'wrong_key', /The key in WRONG is wrong, revoked or cut short/],
  ['call', 'other_host', /The key in FOREIGN looks like one of Anthropic/],
  ['call', 'wrong_base', /not as an API of kind openai: the address leads to a web page/],
  ['call', 'wrong_path', /base_url ends in \/chat\/completions, which is added to it/],
  ['dns', 'no_name', /DNS knows no host no-such-host\.test/],
  ['tcp', 'refused', /Nothing listens on port \d+ of 127\.0\.0\.1/],
  ['tls', 'expired', /The certificate of expired\.certified\.test has expired/],
  ['tls', 'unknown', /signed by an authority that this machine does not know/],
  ['call', 'no_model', /offers no model "gone-model" to this key/],
  ['proxy', 'dead_proxy', /The proxy of HTTPS_PROXY does not answer: Nothing listens/],
  ['model files', null, /The file was changed, cut short, or damaged on the disk/],
  ['index', null, /A file of the generation was changed, cut short, or damaged/],
  ['database', null, /The file was changed by another program, cut short, or damaged/],
  ['data folder', null, /no right to write|refused to make a file|read-only/],
  ['port', null, /Another process listens there/],
]

const CANARY = /canary-\d{4}/

it('names the cause of fifteen planted failures, and a fix, and tells no secret', async () => {
  const options = await plant(await temporaryFolder())
  const findings = await examine(options)
  const wanted = PLANTED.filter(([check]) => hasOpenssl || check !== 'tls')
  for (const [check, subject, cause] of wanted) {
    const found = findings.find((one) => one.check === check && one.subject === subject)
    expect.soft(found, `${check} ${subject}`).toMatchObject({
      status: 'failure',
      cause: expect.stringMatching(cause),
      fix: expect.stringMatching(/\w/),
    })
  }
  const model = findings.find(({ check }) => check === 'model files')
  expect(model?.fix).toMatch(/^Repair it with: .*build-model\.js/)
  const failures = findings.filter(({ status }) => status === 'failure')
  const names = wanted.map(([check, subject]) => [check, subject])
  expect(failures.map(({ check, subject }) => [check, subject]).sort()).toEqual(names.sort())
  const call = findings.find((one) => one.check === 'call' && one.subject === 'sound')
  expect(call).toMatchObject({ status: 'ok', detail: expect.stringContaining('41 requests') })
  const bundle = await makeBundle({ ...options, findings, programVersion: '0.0.0' })
  expect(JSON.stringify(findings)).not.toMatch(CANARY)
  expect(JSON.stringify(bundle)).not.toMatch(CANARY)
})

const BIN = fileURLToPath(new URL('../../dist/scripts/signalbox.js', import.meta.url))

interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

const runDoctor = async (cwd: string, args: string[], env: object = {}): Promise<Ran> => {
  const child = spawn(process.execPath, [BIN, 'doctor', ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((done) => child.once('close', done))
  const [stdout, stderr, code] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    exit,
  ])
  return { code, stdout, stderr }
}

const workspace = async (port: number, keyVariable: string): Promise<string> => {
  const dir = await temporaryFolder()
  const provider = { kind: 'openai', base_url: `http://127.0.0.1:${port}/v1` }
  const { routes, default_route } = exampleConfig()
  const config = {
    server: { port: 0 },
    providers: { mine: { ...provider, api_key_env: keyVariable } },
    models: { small: { provider: 'mine', name: OFFERED } },
    routes,
    default_route,
  }
  await writeFile(join(dir, 'signalbox.yaml'), stringify(config))
  await writeTraining(join(dir, 'training-data'), exampleTraining())
  return dir
}

it('exits 0 where all is well, 1 where something fails, and says before it calls anybody', async () => {
  const dir = await workspace(await startProvider(), 'THE_KEY')
  const well = await runDoctor(dir, ['--online', '--json'], { THE_KEY: GOOD_KEY })
  expect(well.stderr).toMatch(/^Calling each provider once, .*: mine\.\n$/)
  expect(JSON.parse(well.stdout)).toMatchObject({ ok: true })
  expect(well.code).toBe(0)
  const file = join(dir, 'support.json')
  const bad = await runDoctor(dir, ['--online', '--bundle', file], { THE_KEY: ENV.WRONG })
  expect(bad.code).toBe(1)
  expect(bad.stdout).toMatch(/FAIL +call mine .*\n +why: The key in THE_KEY is wrong.*\n +fix: /)
  const bundle = await readFile(file, 'utf8')
  expect(JSON.parse(bundle)).toMatchObject({ findings: expect.any(Array), config: {} })
  expect(`${bad.stdout}${bad.stderr}${bundle}`).not.toMatch(CANARY)
  expect((await runDoctor(dir, ['--nonsense'])).code).toBe(2)
})

it('calls nobody unless it is asked to, and looks at the rest where the configuration is broken', async () => {
  const dir = await workspace(await freePort(), 'THE_KEY')
  const offline = await runDoctor(dir, ['--json'], { THE_KEY: ENV.WRONG })
  expect(offline).toMatchObject({ code: 0, stderr: '' })
  await writeFile(join(dir, 'signalbox.yaml'), 'server: { prot: 1 }\n')
  const broken = await runDoctor(dir, ['--json'])
  const { findings } = JSON.parse(broken.stdout) as { findings: Finding[] }
  expect(broken.code).toBe(1)
  expect(findings[0]).toMatchObject({
    check: 'config',
    cause: expect.stringContaining('server.prot: unknown key'),
  })
  expect(findings).toContainEqual(expect.objectContaining({ check: 'disk' }))
})
