// Proves the guard that keeps processes out of vitest's project `quick` (support/no-process.ts).
import { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { takeRefused } from './support/no-process.ts'

const WAYS: Record<string, () => unknown> = {
  spawn: () => spawn(process.execPath, ['--version']),
  fork: () => fork('nothing.mjs'),
  exec: () => exec('true'),
  execFile: () => execFile(process.execPath, ['--version']),
  spawnSync: () => spawnSync(process.execPath, ['--version']),
  execSync: () => execSync('true'),
  execFileSync: () => execFileSync(process.execPath, ['--version']),
}

describe('a test of the project quick', () => {
  it.each(Object.keys(WAYS))(
    'cannot start a process by %s, and is told which list to mend',
    (way) => {
      expect(() => WAYS[way]?.()).toThrow('WITH_PROCESSES of vitest.config.ts')
      // Taken here, so that it does not fail this test.
      expect(takeRefused()).toHaveLength(1)
    },
  )
})
