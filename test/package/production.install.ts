// An install without development dependencies, out of the tracked files alone, that serves from a read-only root as a user
// who owns nothing but the data folder: under npm, and as process 1, as an image runs it. Namespaces stand in for the engine.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chown, cp, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { followServer, type ServerProcess } from '../../scripts/rig/server-process.ts'
import { createSite, type Site } from '../support/server.ts'
import { cleanEnv, freePort, killGroup, openFolder, ROOT, removeFolder, run } from './installing.ts'

const MINUTE_MS = 60_000
vi.setConfig({ hookTimeout: 20 * MINUTE_MS, testTimeout: 5 * MINUTE_MS })

const USER = 10_001
const ADMIN_KEY = 'c0ffee'.repeat(8)

/** $1 and $2 are the data folder and the program; the rest is run there as the other user, and as process 1. */
const CONFINE = `set -e
mount --bind "$1" "$1"
mount -o remount,bind,ro /
cd "$2"
shift 2
exec setpriv --reuid=${USER} --regid=${USER} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"`

const NAMESPACES = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child']

const canConfine = (): boolean => {
  try {
    const probe = 'mount -o remount,bind,ro / && setpriv --reuid=1 --clear-groups true'
    execFileSync('unshare', [...NAMESPACES, 'sh', '-c', probe], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const isConfinable = canConfine()
if (!isConfinable) {
  process.stderr.write(
    'SKIPPED: the read-only root and the other user need root, unshare and setpriv.\n',
  )
}

let program: string
let site: Site

const copyTracked = async (into: string): Promise<void> => {
  for (const file of (await run('git', ['ls-files', '-z'], { cwd: ROOT })).split('\0')) {
    if (file === '') continue
    await mkdir(dirname(join(into, file)), { recursive: true })
    await cp(join(ROOT, file), join(into, file))
  }
}

beforeAll(async () => {
  program = await openFolder()
  site = await createSite()
  await copyTracked(program)
  await run('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: program,
  })
})

afterAll(async () => {
  await site?.remove()
  await removeFolder(program)
})

const giveTo = async (path: string): Promise<void> => {
  await chown(path, USER, USER)
  for (const name of await readdir(path, { recursive: true })) {
    await chown(join(path, name), USER, USER)
  }
}

/** The site's data folder becomes the user's; its configuration can be read by all. */
const confined = async (command: string[], env: Record<string, string>): Promise<Confined> => {
  await run('chmod', ['-R', 'a+rX', site.dir], { cwd: ROOT })
  await giveTo(site.dataDir)
  const child = spawn(
    'unshare',
    [...NAMESPACES, 'sh', '-c', CONFINE, 'sh', site.dataDir, program, ...command],
    {
      env: cleanEnv({
        HOME: '/nonexistent',
        NODE_ENV: 'production',
        SIGNALBOX_DATA: site.dataDir,
        SIGNALBOX_CONFIG: join(site.dir, 'signalbox.yaml'),
        ...env,
      }),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  onTestFinished(() => killGroup(child.pid))
  return { child, server: followServer(child) }
}

interface Confined {
  child: ChildProcess
  server: ServerProcess
}

/** What unshare forked: process 1 of the namespace, as it is seen from here. */
const processOne = ({ pid }: ChildProcess): number =>
  Number(execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }))

const configureWith = (more: object): Promise<void> =>
  site.configure({ training_data: site.trainingDir, ...more })

const said = ({ log }: ServerProcess): string[] => log.map(({ msg }) => msg)

describe('npm ci --omit=dev on the tracked files', () => {
  it('installs no development dependency, and compiles', async () => {
    const installed = await readdir(join(program, 'node_modules'))
    const { devDependencies } = JSON.parse(await readFile(join(program, 'package.json'), 'utf8'))
    const standIns = ['sharp', 'onnxruntime-web']
    const wrong = Object.keys(devDependencies).filter(
      (name) => installed.includes(name) && !standIns.includes(name),
    )
    expect(wrong).toEqual([])
    expect(await readdir(join(program, 'dist/src'))).toContain('main.js')
  })

  it.runIf(isConfinable)(
    'npm start serves from a read-only root as any user, and SIGTERM to npm ends it',
    async () => {
      await configureWith({})
      const { child, server } = await confined(['npm', 'start'], { PORT: '0' })
      const { url } = await server
        .logged(({ msg }) => msg === 'ready')
        .then(() => server.logged(({ msg }) => msg === 'listening'))
      expect((await fetch(`${url}/readyz`)).status).toBe(200)
      process.kill(processOne(child), 'SIGTERM')
      await server.exit
      expect(said(server)).toEqual(expect.arrayContaining(['draining', 'stopped']))
    },
  )
})

describe.runIf(isConfinable)('the server as process 1 of a read-only root', () => {
  it('builds its model in the volume, takes the admin key from the environment, answers the health check, and ends at SIGTERM', async () => {
    await rm(join(program, 'models/all-MiniLM-L6-v2'), { recursive: true })
    // On loopback, but as closed as on any other address: nobody else of this machine's network is let in.
    await configureWith({ keys: { required: 'always' } })
    const port = await freePort()
    const { child, server } = await confined([process.execPath, 'dist/src/main.js'], {
      PORT: port,
      SIGNALBOX_ADMIN_KEY: ADMIN_KEY,
    })
    expect(await server.logged(({ msg }) => msg === 'listening')).toMatchObject({ pid: 1 })
    await server.logged(({ msg }) => msg === 'ready')
    const health = join(program, 'dist/scripts/health-check.js')
    await run(process.execPath, [health], { cwd: program, env: cleanEnv({ PORT: port }) })

    const route = (key: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/v1/route`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ prompt: 'fix this javascript function for me' }),
      })
    expect((await route('wrong')).status).toBe(401)
    expect(await (await route(ADMIN_KEY)).json()).toMatchObject({ degraded_by: null })

    process.kill(processOne(child), 'SIGTERM')
    expect((await server.exit).code).toBe(0)
    expect(said(server)).toEqual(expect.arrayContaining(['draining', 'stopped']))
    expect(await readdir(join(site.dataDir, 'models'))).toEqual(['all-MiniLM-L6-v2'])
    expect(JSON.stringify(server.log) + server.stderr()).not.toContain(ADMIN_KEY)
    const stopped = run(process.execPath, [health], { cwd: program, env: cleanEnv({ PORT: port }) })
    await expect(stopped).rejects.toMatchObject({ code: 1 })
  })
})
