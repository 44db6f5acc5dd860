import { describe, expect, it } from 'vitest'
import { createLogger, type LoggerOptions } from '../../src/telemetry/logger.ts'

const capture = (options: Partial<LoggerOptions> = {}) => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  return { logger: createLogger({ level: 'info', destination, ...options }), lines }
}

describe('logger', () => {
  it('writes one JSON line per event with a word for the level and an ISO time', () => {
    const { logger, lines } = capture()
    logger.info({ requestId: 'r\n1', text: '\u001b[31m' }, 'request')
    logger.debug({}, 'below the level')
    expect(lines).toHaveLength(1)
    expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1)
    const { time, ...rest } = JSON.parse(lines[0] ?? '')
    expect(rest).toEqual({ level: 'info', requestId: 'r\n1', text: '\u001b[31m', msg: 'request' })
    expect(new Date(time).toISOString()).toBe(time)
  })

  it('lets no secret through, in whatever field, message or error it comes', () => {
    const secret = 'canary"key\\0123'
    const { logger, lines } = capture({ secrets: [secret] })
    const cause = new Error(`inner ${secret}`)
    logger.error({ err: new Error(`outer ${secret}`, { cause }), deep: { a: [secret] } }, secret)
    logger.info(
      { headers: { authorization: 'plain' }, x: { apiKey: 'plain' } },
      'Bearer abcdefghij',
    )
    expect(lines).toHaveLength(2)
    expect(lines.join('')).not.toMatch(/canary|plain|abcdefghij/)
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  })

  it('keeps a line with a huge error under 2 kB', () => {
    const { logger, lines } = capture()
    const error = new Error('m'.repeat(50_000), { cause: new Error('c'.repeat(50_000)) })
    error.stack = `Error: m\n${'    at f (file.js:1:1)\n'.repeat(5_000)}`
    logger.error({ err: error }, 'failed')
    expect(lines[0]?.length).toBeLessThan(2_048)
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({ type: 'Error' })
  })
})
