// Compiles once before the suite: child processes and worker threads run from dist/, as they do for users.
import { execFileSync } from 'node:child_process'

export const setup = (): void => {
  if (process.env.SIGNALBOX_SKIP_BUILD === '1') return
  execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' })
}
