// The built server in a folder that has a signalbox.yaml, as benches use it: started and awaited until it routes, asked for
// its processor time and the gaps of its event loop, and stopped.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../../src/config/project-root.ts'
import type { LoopGapLine } from './loop-probe.ts'
import { childrenCpuMs, cpuMs } from './process-cpu.ts'
import { followServer } from './server-process.ts'

/** A process that serves at `url`. */
export interface Serving {
  readonly url: string
  /** Milliseconds of processor time so far, threads included, child processes not. */
  cpuMs(): number | null
  /** SIGTERM, and waits. @throws where it ends with an error */
  stop(): Promise<void>
}

export interface BuiltServer extends Serving {
  /** Milliseconds of processor time of its child processes, such as the encoder's. */
  childrenCpuMs(): number | null
  /** The longest gaps of the loop since the last call, or since the start; needs `isProbed`. */
  readGap(): Promise<LoopGapLine>
}

export interface BuiltServerOptions {
  /** Of another build; default: this project's. */
  dist?: string
  env?: NodeJS.ProcessEnv
  /** Loads loop-probe.ts into it. */
  isProbed?: boolean
}

/** A script that tells its URL in a line `listening`, and then, unless that is all, that it is ready. */
export const startServing = async (
  args: readonly string[],
  { dir, env, until }: { dir: string; env: NodeJS.ProcessEnv; until: 'listening' | 'ready' },
) => {
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const child = spawn(process.execPath, args, { cwd: dir, env, stdio: [...stdio] })
  const { exit, logged } = followServer(child)
  try {
    const { url } = await logged(({ msg }) => msg === 'listening')
    await logged(({ msg }) => msg === until)
    const stop = async (): Promise<void> => {
      child.kill('SIGTERM')
      const { code, signal } = await exit
      if (code !== 0 && signal !== 'SIGTERM') throw new Error(`The server ended with code ${code}.`)
    }
    return { child, logged, url: String(url), cpuMs: () => cpuMs(child.pid), stop }
  } catch (error) {
    child.kill('SIGTERM')
    throw error
  }
}

/** Resolves when prompts are routed; the first start embeds the training data. */
export const startBuiltServer = async (
  dir: string,
  { dist = join(projectRoot(), 'dist'), env = {}, isProbed = false }: BuiltServerOptions = {},
): Promise<BuiltServer> => {
  const probe = pathToFileURL(join(dist, 'scripts/rig/loop-probe.js')).href
  const args = [...(isProbed ? ['--import', probe] : []), join(dist, 'src/main.js')]
  const own = { SIGNALBOX_DATA: join(dir, 'data'), SIGNALBOX_CONFIG: '', PORT: '0' }
  const started = await startServing(args, {
    dir,
    env: { ...process.env, ...own, ...env },
    until: 'ready',
  })
  const { child, logged, url, stop } = started
  let reading = 0
  return {
    url,
    stop,
    cpuMs: started.cpuMs,
    childrenCpuMs: () => childrenCpuMs(child.pid),
    readGap: async () => {
      reading += 1
      const wanted = reading
      child.kill('SIGUSR2')
      const line: unknown = await logged((one) => one.reading === wanted)
      return line as LoopGapLine
    },
  }
}
