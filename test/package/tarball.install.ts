// What `npm pack` makes, installed into an empty project: no overrides there, and none of what the encoder's library would
// bring. The two native addons are compiled ones of this clone, which `npm ci` has just made by the same scripts.
import { spawn } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { followServer } from '../../scripts/rig/server-process.ts'
import { cleanEnv, killGroup, openFolder, ROOT, removeFolder, run } from './installing.ts'

const MINUTE_MS = 60_000
vi.setConfig({ hookTimeout: 15 * MINUTE_MS, testTimeout: 15 * MINUTE_MS })

const CONFIG = `providers: { echo: { kind: echo } }
models: { small: { provider: echo, name: small } }
routes: { code: { models: [small] }, smalltalk: { models: [small] }, general: { models: [small] } }
default_route: general
`

const CODE = 'Why does my Python loop skip every second element?'

const LIBRARY = `import { createRouter } from 'signalbox'
const router = await createRouter()
const { route, reason } = await router.route(${JSON.stringify(CODE)})
console.log(JSON.stringify({ route, reason }))
await router.close()
`

const TYPED = `import { createRouter, type Decision, type Router, RouterError } from 'signalbox'
const router: Router = await createRouter({ cwd: '.' })
const decision: Decision = await router.route([{ role: 'user', content: 'hi' }])
const route: string = decision.route
// @ts-expect-error a number is no prompt
await router.route(5)
export { RouterError, route }
`

const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
  },
  files: ['typed.ts'],
}

let app: string

beforeAll(async () => {
  const dir = await openFolder()
  app = join(dir, 'app')
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', dir]
  const [packed] = JSON.parse(await run('npm', args, { cwd: ROOT })) as { filename: string }[]
  await mkdir(app)
  await writeFile(join(app, 'package.json'), '{"name":"app","private":true,"type":"module"}')
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  await run('npm', ['install', ...quietly, join(dir, packed?.filename ?? '')], { cwd: app })
  for (const addon of ['better-sqlite3', 'hnswlib-node']) {
    const build = join('node_modules', addon, 'build')
    await cp(join(ROOT, build), join(app, build), { recursive: true })
  }
  await writeFile(join(app, 'signalbox.yaml'), CONFIG)
})

afterAll(() => removeFolder(join(app, '..')))

describe('the packed tarball in an empty project', () => {
  it('brings neither sharp nor the browser runtime nor what they depend on', async () => {
    const lock = JSON.parse(await readFile(join(app, 'package-lock.json'), 'utf8'))
    const packages = Object.entries(lock.packages as Record<string, { inBundle?: boolean }>)
    const unwanted = packages.filter(
      ([path, { inBundle }]) =>
        !inBundle && /\/(sharp|@img\/.*|onnxruntime-web|onnx-proto|protobufjs)$/.test(path),
    )
    expect(unwanted).toEqual([])
    const standIn = join(app, 'node_modules/signalbox/node_modules/sharp/package.json')
    expect(JSON.parse(await readFile(standIn, 'utf8')).description).toContain('Stands in')
  })

  it('has types that hold without any others', async () => {
    await writeFile(join(app, 'typed.ts'), TYPED)
    await writeFile(join(app, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc')], { cwd: app })
  })

  it('serves the shipped exemplars by npx, and routes by them in a program', async () => {
    const child = spawn('npx', ['--no-install', 'signalbox', 'serve', '--port', '0'], {
      cwd: app,
      env: cleanEnv(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => killGroup(child.pid))
    const server = followServer(child)
    const { url } = await server.logged(({ msg }) => msg === 'listening')
    await server.logged(({ msg }) => msg === 'ready')
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: CODE }] }),
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-router-route')).toBe('code')
    process.kill(child.pid ?? 0, 'SIGTERM')
    await server.exit

    await writeFile(join(app, 'library.mjs'), LIBRARY)
    const printed = await run(process.execPath, ['library.mjs'], { cwd: app })
    expect(JSON.parse(printed)).toEqual({ route: 'code', reason: 'matched' })
  })
})
