import { describe, expect, it } from 'vitest'
import { RouterError } from '../../../src/errors.ts'
import {
  createRebuilds,
  type RebuildsOptions,
} from '../../../src/training/rebuild/background-rebuilds.ts'
import type { RebuildReport } from '../../../src/training/rebuild/rebuild.ts'
import { deferred } from '../../support/deferred.ts'
import { rebuildReport } from '../../support/rebuild-report.ts'

const setUp = (run: RebuildsOptions['run']) => {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const at = (level: string) => (fields: Record<string, unknown>, message: string) =>
    void lines.push({ level, fields, message })
  let ids = 0
  let clock = 1_000
  const rebuilds = createRebuilds({
    run,
    newId: () => `r${++ids}`,
    now: () => ++clock,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  })
  return { rebuilds, lines }
}

const ASKED = { author: 'key-1', trigger: 'api' as const }

describe('rebuilds of a server', () => {
  it('run one at a time, and tell how far they are', async () => {
    const end = deferred<RebuildReport>()
    const { rebuilds, lines } = setUp((_, { onProgress }) => {
      onProgress({ stage: 'fit', done: 0, total: 1 })
      return end.promise
    })
    expect(rebuilds.state()).toEqual({ running: null, last: null })
    const { id, done } = rebuilds.start(ASKED)
    expect(rebuilds.state().running).toMatchObject({ id: 'r1', stage: 'fit', ...ASKED })
    expect(() => rebuilds.start(ASKED)).toThrow(
      expect.objectContaining({
        code: 'build_in_progress',
        message: expect.stringContaining('r1'),
      }),
    )
    end.resolve(rebuildReport())
    await done
    expect(rebuilds.state()).toMatchObject({
      running: null,
      last: { id, report: { outcome: 'promoted' }, error: null },
    })
    expect(lines.map(({ message }) => message)).toEqual(['rebuild begins', 'rebuild ended'])
    expect(lines[1]).toMatchObject({ level: 'info', fields: { outcome: 'promoted', accepted: 1 } })
    rebuilds.start(ASKED)
    await rebuilds.close()
  })

  it('warn of what was refused, and of what is still served although it was to be forgotten', async () => {
    const { rebuilds, lines } = setUp(async () =>
      rebuildReport({ outcome: 'refused', holdsForgotten: true }),
    )
    await rebuilds.start(ASKED).done
    expect(lines.slice(1).map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'rebuild ended'],
      ['warn', expect.stringContaining('to be forgotten')],
    ])
  })

  it('keep why one failed, and let the next begin', async () => {
    const { rebuilds, lines } = setUp(async () => {
      throw new RouterError('invalid_exemplar', 'code.jsonl:1: is not valid JSON.')
    })
    await expect(rebuilds.start(ASKED).done).rejects.toMatchObject({ code: 'invalid_exemplar' })
    expect(rebuilds.state().last).toMatchObject({
      report: null,
      error: { code: 'invalid_exemplar', message: 'code.jsonl:1: is not valid JSON.' },
    })
    expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'rebuild failed' })
    expect(rebuilds.start(ASKED).id).toBe('r2')
    await rebuilds.close()
  })

  it('end with the server', async () => {
    const { rebuilds, lines } = setUp(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        }),
    )
    const { done } = rebuilds.start(ASKED)
    const failed = expect(done).rejects.toMatchObject({ code: 'shutting_down' })
    await rebuilds.close()
    await failed
    await rebuilds.close()
    expect(() => rebuilds.start(ASKED)).toThrow(expect.objectContaining({ code: 'shutting_down' }))
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})
