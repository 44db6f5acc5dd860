// SIGTERM and SIGINT to npm and to npx, which stand between whoever stops the server and the server: it drains and ends.
import { spawn } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createSite } from '../support/server.ts'

// npm, and then a server: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const ROOT = process.cwd()

/** `npx signalbox` finds a command of this name in the folder, as after `npm install signalbox`. */
const installBin = async (dir: string): Promise<void> => {
  const bin = join(dir, 'node_modules', '.bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(dir, 'package.json'), '{"name":"app","private":true,"type":"module"}')
  const script = pathToFileURL(join(ROOT, 'dist', 'scripts', 'signalbox.js'))
  await writeFile(join(bin, 'signalbox'), `#!/usr/bin/env node\nawait import('${script.href}')\n`)
  await chmod(join(bin, 'signalbox'), 0o755)
}

/** What is left of it, where the test has failed. */
const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left.
  }
}

interface Line {
  msg: string
  pid?: number
  signal?: string
}

it.each([
  ['npm start', 'SIGTERM'],
  ['npm start', 'SIGINT'],
  ['npx signalbox serve', 'SIGTERM'],
  ['npx signalbox serve', 'SIGINT'],
] as const)('%s ends the server at %s', async (command, signal) => {
  const site = await createSite()
  onTestFinished(() => site.remove())
  await installBin(site.dir)
  // Without the build before it, which other tests are running from.
  const [program, args, cwd] =
    command === 'npm start'
      ? ['npm', ['start', '--ignore-scripts'], ROOT]
      : ['npx', ['--no-install', 'signalbox', 'serve'], site.dir]
  const config = join(site.dir, 'signalbox.yaml')
  const env = { ...process.env, SIGNALBOX_DATA: site.dataDir, SIGNALBOX_CONFIG: config }
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => killGroup(child.pid ?? 0))
  const lines: Line[] = []
  for await (const text of createInterface({ input: child.stdout })) {
    if (!text.startsWith('{')) continue
    const line = JSON.parse(text) as Line
    lines.push(line)
    if (line.msg !== 'listening') continue
    expect(line.pid).not.toBe(child.pid)
    // Ctrl-C at a terminal goes to the whole group; the shell under npx would swallow one for npx alone.
    process.kill(signal === 'SIGINT' ? -(child.pid ?? 0) : (child.pid ?? 0), signal)
  }
  // The output ends with the last process that holds it: the server.
  expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['draining', 'stopped']))
})
