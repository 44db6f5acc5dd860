// A helper process of the index tests, with its end as something to await.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export type ChildName = 'load' | 'write' | 'lock' | 'fuzz'

/** Starts `<name>-child.mjs`; the caller ends it. */
export const forkChild = (name: ChildName): ChildProcess =>
  fork(fileURLToPath(new URL(`./${name}-child.mjs`, import.meta.url)), {
    serialization: 'advanced',
    execArgv: [],
  })

/** The same for one test; it is killed when the test ends. */
export const startChild = (name: ChildName): ChildProcess => {
  const child = forkChild(name)
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Sends `message` and resolves to the answer; rejects where the process dies instead. */
export const ask = async <T>(child: ChildProcess, message: object): Promise<T> => {
  const stop = new AbortController()
  const answer = once(child, 'message', { signal: stop.signal })
  const end = once(child, 'exit', { signal: stop.signal }).then(([code, signal]) => {
    throw new Error(`The child died (${signal ?? `exit code ${code}`}).`)
  })
  try {
    child.send(message)
    const [reply] = await Promise.race([answer, end])
    return reply as T
  } finally {
    stop.abort()
    await Promise.allSettled([answer, end])
  }
}
