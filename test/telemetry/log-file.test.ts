import { mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { createLogFile } from '../../src/telemetry/log-file.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { temporaryFolder } from '../store/fixtures.ts'

let problems: unknown[] = []
beforeEach(() => {
  problems = []
})
const openFile = (path: string, maxBytes = 1_000) => {
  const file = createLogFile({ path, maxBytes, onProblem: (error) => problems.push(error) })
  onTestFinished(() => file.flush())
  return file
}
const lineOf = (text: string): string => `${text.padEnd(399, '.')}\n`

it('keeps a bounded log: a full file becomes FILE.1, in place of the one before', () => {
  const path = join(temporaryFolder(), 'logs', 'signalbox.log')
  const file = openFile(path)
  for (const n of [1, 2, 3, 4, 5]) file.write(lineOf(`line ${n}`))
  file.flush()
  const begins = (text: string): string[] => [...text.matchAll(/line \d/g)].map(([found]) => found)
  expect(begins(readFileSync(path, 'utf8'))).toEqual(['line 5'])
  expect(begins(readFileSync(`${path}.1`, 'utf8'))).toEqual(['line 3', 'line 4'])
  expect(statSync(path).mode & 0o077).toBe(0)
})

it('goes on in a new file for who has moved the old one away', () => {
  const path = join(temporaryFolder(), 'signalbox.log')
  const file = openFile(path)
  file.write('before\n')
  file.flush()
  renameSync(path, `${path}.moved`)
  file.reopen()
  file.write('after\n')
  file.flush()
  expect(readFileSync(path, 'utf8')).toBe('after\n')
})

it('costs a warning where it cannot be written, and lines go to standard output all the same', () => {
  const path = join(temporaryFolder(), 'folder')
  mkdirSync(path)
  const written: string[] = []
  const file = openFile(join(path, '\0'))
  const destination = { write: (line: string) => void written.push(line) }
  const logger = createLogger({ level: 'info', destination, file })
  logger.info('one')
  logger.info('two')
  expect(written).toHaveLength(2)
  expect(problems).toHaveLength(1)
})

it('holds the same redacted lines as standard output', () => {
  const path = join(temporaryFolder(), 'signalbox.log')
  const file = openFile(path)
  const written: string[] = []
  const destination = { write: (line: string) => void written.push(line) }
  const logger = createLogger({ level: 'info', destination, file, secrets: ['my-secret-key-123'] })
  logger.info({ said: 'my-secret-key-123 \u001b[2J' }, 'request')
  file.flush()
  expect(readFileSync(path, 'utf8')).toBe(written.join(''))
  for (const hidden of ['my-secret', '\u001b']) expect(written.join('')).not.toContain(hidden)
})
