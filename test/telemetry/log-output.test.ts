import { closeSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createLogOutput, openLogDestination } from '../../src/telemetry/log-output.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

/** What was kept and what has gone out, with a timer that is run by hand. */
const setUp = () => {
  let kept: string[] = []
  const gone: string[][] = []
  const timers: (() => void)[] = []
  const out = {
    write: (line: string) => void kept.push(line),
    flush: () => {
      if (kept.length > 0) gone.push(kept)
      kept = []
    },
  }
  const later = (flush: () => void) => {
    timers.push(flush)
    return () => void timers.splice(timers.indexOf(flush), 1)
  }
  return { gone, timers, output: createLogOutput({ out, later }) }
}

const linesOf = (batches: string[][]) =>
  batches.map((batch) => batch.map((line) => JSON.parse(line).msg))

describe('the output of the log', () => {
  it('lets lines of everyday go out together, by one timer', () => {
    const { output, timers, gone } = setUp()
    const logger = createLogger({ level: 'debug', destination: output })
    logger.info('a')
    logger.debug('b')
    expect(gone).toEqual([])
    expect(timers).toHaveLength(1)
    timers[0]?.()
    expect(linesOf(gone)).toEqual([['a', 'b']])
    logger.info('c')
    expect(timers).toHaveLength(1)
  })

  it.each(['warn', 'error', 'fatal'] as const)('writes %s at once, with all before it', (level) => {
    const { output, timers, gone } = setUp()
    const logger = createLogger({ level: 'info', destination: output })
    logger.info('before')
    logger[level]('now')
    expect(linesOf(gone)).toEqual([['before', 'now']])
    expect(timers).toEqual([])
  })

  it('writes what still waits when it is told to, as at the end of the process', () => {
    const { output, gone } = setUp()
    createLogger({ level: 'info', destination: output }).info('last')
    output.flush()
    expect(linesOf(gone)).toEqual([['last']])
  })

  it('goes on where nothing can be written, as on a full disk', () => {
    const fd = openSync('/dev/full', 'w')
    const codes: unknown[] = []
    const out = openLogDestination({ fd }, (error) => {
      codes.push(error instanceof Error && 'code' in error && error.code)
    })
    const output = createLogOutput({ out, later: () => () => {} })
    const line = `{"level":"warn","msg":"${'x'.repeat(10_000)}"}\n`
    for (let i = 0; i < 200; i++) output.write(line)
    closeSync(fd)
    expect(new Set(codes)).toEqual(new Set(['ENOSPC']))
  })
})
