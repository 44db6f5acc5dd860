// The real server with loop-probe.ts loaded into it, in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../../src/config/project-root.ts'
import type { LoopGapLine } from '../rig/loop-probe.ts'

export interface ProbedServer {
  readonly url: string
  /** The longest gaps since the last call, or since the start. */
  readGap(): Promise<LoopGapLine>
  /** SIGTERM, and waits. @throws where the server ends with another code than 0 */
  stop(): Promise<void>
}

interface AnyLine {
  msg?: string
  url?: string
  reading?: number
}

/** Lines of stdout as they come; `next` resolves with the first that matches, from the first line on. */
const readLines = (child: ChildProcess) => {
  const lines: AnyLine[] = []
  let wake = () => {}
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
    lines.push(JSON.parse(text) as AnyLine)
    wake()
  })
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`The server ended with code ${code}.`)
  })
  ended.catch(() => {}) // whoever waits for a line hears of it
  return async (matches: (line: AnyLine) => boolean): Promise<AnyLine> => {
    for (;;) {
      const found = lines.find(matches)
      if (found) return found
      await Promise.race([ended, new Promise<void>((resolve) => (wake = resolve))])
    }
  }
}

const distFile = (path: string): string => join(projectRoot(), 'dist', path)

/** Starts in `dir`, which has a signalbox.yaml, and resolves when prompts are routed. */
export const startProbedServer = async (dir: string): Promise<ProbedServer> => {
  const probe = pathToFileURL(distFile('scripts/rig/loop-probe.js')).href
  const child = spawn(process.execPath, ['--import', probe, distFile('src/main.js')], {
    cwd: dir,
    env: { ...process.env, SIGNALBOX_DATA: join(dir, 'data'), SIGNALBOX_CONFIG: '', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const next = readLines(child)
  const { url = '' } = await next(({ msg }) => msg === 'listening')
  await next(({ msg }) => msg === 'ready')
  let reading = 0
  return {
    url,
    readGap: async () => {
      reading += 1
      const wanted = reading
      child.kill('SIGUSR2')
      return (await next((line) => line.reading === wanted)) as LoopGapLine
    },
    stop: async () => {
      const closed = once(child, 'close')
      child.kill('SIGTERM')
      const [code] = await closed
      if (code !== 0) throw new Error(`The server ended with code ${code}.`)
    },
  }
}
