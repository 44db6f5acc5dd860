import { fork } from 'node:child_process'
import { once } from 'node:events'
import { getPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { EncoderConfig } from '../../src/config/config-schema.ts'
import { ensureModel } from '../../src/encoder/ensure-model.ts'
import { respawnDelayMs } from '../../src/encoder/slot.ts'
import { createSupervisedEncoder, type SupervisedEncoder } from '../../src/encoder/supervised.ts'
import { RouterError } from '../../src/errors.ts'
import { entryPoint } from '../../src/jobs/entry-point.ts'
import { cosine, createRecordingLogger, encoderConfig } from './support.ts'

const CANARY = 'canary-prompt-7f3a'
const logger = createRecordingLogger()
const patient = { deadlineMs: 25_000 }
let encoder: SupervisedEncoder | undefined

const start = async (changes: Partial<EncoderConfig> = {}): Promise<SupervisedEncoder> => {
  encoder = await createSupervisedEncoder({
    config: encoderConfig({ threads: 1, ...changes }),
    logger,
  })
  return encoder
}

const signalProcess = (from: SupervisedEncoder, signal: NodeJS.Signals, at = 0): void => {
  const pid = from.stats().processes[at]?.pid
  if (pid === undefined) throw new Error(`Encoder process ${at} is not running.`)
  process.kill(pid, signal)
}

const withCode = (code: string) => expect.objectContaining({ name: RouterError.name, code })

beforeAll(async () => {
  await ensureModel(encoderConfig(), logger)
})

afterEach(async () => {
  await encoder?.close()
  encoder = undefined
})

describe('the supervised encoder', () => {
  it('fails what a killed process had at once, then works again with the same vectors', async () => {
    const running = await start()
    const before = await running.embed('why do cats purr', patient)
    signalProcess(running, 'SIGSTOP')
    const pending = [1, 2, 3, 4].map((at) =>
      running.embed(`${CANARY} ${at}`, { deadlineMs: 1_900 }),
    )
    signalProcess(running, 'SIGKILL')
    const outcomes = await Promise.allSettled(pending)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: withCode('encoder_unavailable') })
    }
    const after = await running.embed('why do cats purr', patient)
    expect(cosine(before, after)).toBeGreaterThanOrEqual(0.9999)
    expect(running.stats()).toMatchObject({ restarts: 1, unavailable: 4 })
  })

  it('answers by the deadline while a process is stuck, then kills and replaces it', async () => {
    const running = await start({ deadline_ms: 150 })
    const stuck = running.stats().processes[0]?.pid
    signalProcess(running, 'SIGSTOP')
    await expect(running.embed(CANARY)).rejects.toEqual(withCode('encoder_timeout'))
    expect(await running.embed('hello', patient)).toHaveLength(1_152)
    expect(running.stats().processes[0]?.pid).not.toBe(stuck)
    expect(running.stats()).toMatchObject({ restarts: 1, timeouts: 1 })
  })

  it('drops an answer that comes after its deadline, and uses the process again', async () => {
    const running = await start({ deadline_ms: 5_000 })
    const expected = await running.embed('hello', patient)
    signalProcess(running, 'SIGSTOP')
    await expect(running.embed('other', { deadlineMs: 20 })).rejects.toEqual(
      withCode('encoder_timeout'),
    )
    const next = running.embed('hello', patient)
    signalProcess(running, 'SIGCONT')
    expect(cosine(await next, expected)).toBeGreaterThanOrEqual(0.9999)
    expect(running.stats()).toMatchObject({ restarts: 0, embedded: 2, timeouts: 1 })
  })

  it('refuses more prompts than may wait, and serves those that do', async () => {
    const running = await start({ queue_limit: 3, deadline_ms: 5_000 })
    signalProcess(running, 'SIGSTOP')
    const accepted = [1, 2, 3, 4, 5].map((at) => running.embed(`prompt ${at}`, patient))
    await expect(running.embed('one too many', patient)).rejects.toEqual(
      withCode('encoder_overloaded'),
    )
    expect(running.stats().waiting).toBe(3)
    signalProcess(running, 'SIGCONT')
    expect(await Promise.all(accepted)).toHaveLength(5)
    expect(running.stats()).toMatchObject({ overloaded: 1, waiting: 0 })
  })

  it('lets a caller leave while the prompt is at work or waits', async () => {
    const running = await start({ deadline_ms: 5_000 })
    signalProcess(running, 'SIGSTOP')
    const leaving = new AbortController()
    const calls = [1, 2, 3].map((at) =>
      running.embed(`prompt ${at}`, { ...patient, signal: leaving.signal }),
    )
    leaving.abort(new Error('left'))
    for (const call of calls) await expect(call).rejects.toThrow('left')
    expect(running.stats().waiting).toBe(0)
    signalProcess(running, 'SIGCONT')
    expect(await running.embed('hello', patient)).toHaveLength(1_152)
  })

  it('gives the prompts of a killed process to another one that is ready', async () => {
    const running = await start({ processes: 2, deadline_ms: 5_000 })
    signalProcess(running, 'SIGSTOP', 0)
    const first = running.embed('hello', { deadlineMs: 15_000 })
    expect(running.stats().processes.map(({ inFlight }) => inFlight)).toEqual([1, 0])
    signalProcess(running, 'SIGKILL', 0)
    expect(await first).toHaveLength(1_152)
    expect(running.stats()).toMatchObject({ embedded: 1, unavailable: 0 })
  })

  it.each([
    ['99-letter words', `${'z'.repeat(99)} `.repeat(10_000)],
    ['base64', 'QUJDREVGR0hJSktM'.repeat(62_500)],
    ['Hangul without spaces', '한'.repeat(1_000_000)],
    ['combining marks', 'a\u0301\u0302'.repeat(330_000)],
  ])('is not held up by a megabyte of %s', async (_, bomb) => {
    const running = await start({ deadline_ms: 3_000 })
    const outcome = await running.embed(bomb).catch((error: unknown) => error)
    if (!(outcome instanceof Float32Array)) expect(outcome).toEqual(withCode('encoder_timeout'))
    expect(await running.embed('hello', patient)).toHaveLength(1_152)
    expect(running.stats().restarts).toBe(0)
  })

  it('refuses calls once it is closed, and its process is gone', async () => {
    const running = await start()
    const pid = running.stats().processes[0]?.pid as number
    await running.close()
    await expect(running.embed('hello')).rejects.toEqual(withCode('encoder_unavailable'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('never logs a prompt', () => {
    expect(logger.lines.length).toBeGreaterThan(0)
    expect(logger.lines.join('\n')).not.toContain(CANARY)
  })
})

describe('an encoder process', () => {
  it('ends when its parent is gone', async () => {
    const child = fork(
      fileURLToPath(
        entryPoint(new URL('../../src/encoder/x.ts', import.meta.url).href, './child.js'),
      ),
      {
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      },
    )
    child.send({ type: 'start', config: encoderConfig() })
    await once(child, 'message')
    child.disconnect()
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })

  it('works at the priority of its server', async () => {
    const { processes } = (await start()).stats()
    expect(getPriority(processes[0]?.pid)).toBe(getPriority())
  })

  it('is started again at once the first time, then at doubling intervals up to a bound', () => {
    expect([1, 2, 3, 4, 9, 50].map(respawnDelayMs)).toEqual([0, 250, 500, 1_000, 30_000, 30_000])
  })
})
