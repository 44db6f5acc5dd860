// Runs the real `signalbox` command as a process, in a folder of its own with a small configuration and training data.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { exampleConfig, exampleTraining, writeTraining } from '../support/training-folder.ts'

export interface CommandResult {
  exitCode: number
  stdout: string
  stderr: string
}

export interface Workspace {
  dir: string
  /** Runs `signalbox ...args` there. */
  run(args: string[], input?: string): Promise<CommandResult>
}

const BIN = fileURLToPath(new URL('../../dist/scripts/signalbox.js', import.meta.url))

/** A workspace in `dir`: signalbox.yaml with three routes, 21 exemplars, an empty data folder. */
export const createWorkspace = async (dir: string): Promise<Workspace> => {
  const { providers, models, routes, default_route } = exampleConfig()
  const config = stringify({ providers, models, routes, default_route })
  await writeFile(join(dir, 'signalbox.yaml'), config)
  await writeTraining(join(dir, 'training-data'), exampleTraining())
  const env = { ...process.env, SIGNALBOX_DATA: join(dir, 'data'), SIGNALBOX_CONFIG: '' }
  return {
    dir,
    run: async (args, input = '') => {
      const child = spawn(process.execPath, [BIN, ...args], { cwd: dir, env })
      child.stdin.end(input)
      const [stdout, stderr, [exitCode]] = await Promise.all([
        readAll(child.stdout),
        readAll(child.stderr),
        once(child, 'close') as Promise<[number]>,
      ])
      return { exitCode, stdout, stderr }
    },
  }
}
