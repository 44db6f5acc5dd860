// `npm run bench:rebuild`: how long a rebuild without new texts takes, gate included, by the command as people run it: of a share of
// the shipped exemplars, all routes alike, whose embeddings an earlier build has kept.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../../src/config/project-root.ts'
import { cpuMs } from '../rig/process-cpu.ts'
import { note } from '../terminal/output.ts'
import { countOption, runBench, verdict } from './harness.ts'

const PROGRAM = join(projectRoot(), 'dist/scripts/signalbox.js')
const SHIPPED = join(projectRoot(), 'training-data')
const HELD_OUT = 'held-out.jsonl'
const MOST_SECONDS = 8

interface Options {
  exemplars: number
  rounds: number
}

interface Round {
  /** From the start of the command to its end. */
  seconds: number
  /** Processor time of all its threads. */
  cpuSeconds: number
}

interface Result {
  exemplars: number
  rounds: Round[]
  median: Round
}

const linesOf = async (file: string): Promise<string[]> =>
  (await readFile(join(SHIPPED, file), 'utf8')).split('\n').filter(Boolean)

/** Of every route the same share, from all over its file; the held-out prompts as they are. @returns how many exemplars */
const writeShare = async (folder: string, wanted: number): Promise<number> => {
  const names = (await readdir(SHIPPED)).filter((name) => name.endsWith('.jsonl'))
  const files = await Promise.all(
    names.map(async (name) => ({ name, lines: await linesOf(name), isTrained: name !== HELD_OUT })),
  )
  const trained = files.filter(({ isTrained }) => isTrained)
  const all = trained.reduce((sum, { lines }) => sum + lines.length, 0)
  const share = Math.min(1, wanted / all)
  await mkdir(folder, { recursive: true })
  let written = 0
  for (const { name, lines, isTrained } of files) {
    const kept = isTrained
      ? lines.filter((_, i) => Math.floor((i + 1) * share) > Math.floor(i * share))
      : lines
    if (isTrained) written += kept.length
    await writeFile(join(folder, name), `${kept.join('\n')}\n`)
  }
  return written
}

const rebuild = async (folder: string, args: readonly string[]): Promise<Round> => {
  const env = { ...process.env, SIGNALBOX_DATA: join(folder, 'data'), SIGNALBOX_CONFIG: '' }
  const before = cpuMs('self', 'children') ?? 0
  const startedAt = performance.now()
  const stdio = ['ignore', 'ignore', 'inherit'] as const
  const child = spawn(process.execPath, [PROGRAM, 'rebuild', '--json', ...args], {
    ...{ cwd: folder, env, stdio: [...stdio] },
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`The rebuild ended with code ${code}.`)
  return {
    seconds: (performance.now() - startedAt) / 1_000,
    cpuSeconds: ((cpuMs('self', 'children') ?? 0) - before) / 1_000,
  }
}

const run = async ({ exemplars: wanted, rounds }: Options, folder: string): Promise<Result> => {
  const exemplars = await writeShare(join(folder, 'training-data'), wanted)
  note(`building ${exemplars} exemplars once, so that their embeddings are kept`)
  await rebuild(folder, [])
  const measured: Round[] = []
  for (let i = 0; i < rounds; i++) measured.push(await rebuild(folder, ['--force']))
  const bySeconds = [...measured].sort((a, b) => a.seconds - b.seconds)
  return { exemplars, rounds: measured, median: bySeconds[rounds >> 1] as Round }
}

const isMet = ({ median }: Result): boolean => median.seconds <= MOST_SECONDS

await runBench({
  name: 'bench:rebuild',
  description: 'Measure rebuilds without new texts, gate included.',
  options: [
    countOption('--exemplars <count>', 'exemplars, of the shipped ones', 3_600),
    countOption('--rounds <count>', 'rebuilds; the median counts', 5),
  ],
  run,
  describe: (result) => [
    ...result.rounds.map(
      ({ seconds, cpuSeconds }) =>
        `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time in all threads`,
    ),
    `median ${result.median.seconds.toFixed(1)} s of ${result.exemplars} exemplars; at most ${MOST_SECONDS} s: ${verdict(isMet(result))}`,
  ],
  isMet,
})
