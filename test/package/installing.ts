// Folders to install into, and commands that say what they printed when they fail.
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

export const ROOT = process.cwd()

/** A folder that any user can read. */
export const openFolder = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'signalbox-package-'))
  await chmod(dir, 0o755)
  return dir
}

export const removeFolder = (dir: string): Promise<void> =>
  rm(dir, { recursive: true, force: true })

/** Not what the test run itself was started with: `npm test` tells its children how it was called. */
export const cleanEnv = (more: Record<string, string> = {}): NodeJS.ProcessEnv => {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(?!config_(registry|cache|userconfig))|SIGNALBOX_|VITEST|NODE_ENV$)/i.test(name),
  )
  return { ...Object.fromEntries(kept), ...more }
}

/** Standard output. @throws with all that it printed */
export const run = async (
  command: string,
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<string> => {
  const { stdout } = await execute(command, args, { env: cleanEnv(), maxBuffer: 64e6, ...options })
  return stdout
}

/** A port that is free now. */
export const freePort = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(String(typeof address === 'object' && address?.port)))
    })
  })

/** Ends a server and whatever started it. */
export const killGroup = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
