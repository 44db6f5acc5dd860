// The watch on real databases and folders: what is found at the start, what is kept over restarts, and what ends it.
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Traces } from '../../../src/store/loss/find-loss.ts'
import { createLossWatch, type LossWatch } from '../../../src/store/loss/loss-watch.ts'
import type { SqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import {
  decisionOf,
  feedbackOf,
  idOf,
  openStoreHere,
  recordingLogger,
  temporaryFolder,
} from '../fixtures.ts'

let folder: string
let file: string
let logger: ReturnType<typeof recordingLogger>

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder, 'signalbox.db')
  logger = recordingLogger()
})

interface Opened {
  store: SqliteStore
  watch: LossWatch
  close(): Promise<void>
}

const open = async (traces: Partial<Traces> = {}): Promise<Opened> => {
  const store = await openStoreHere({ file, logger })
  const watch = await createLossWatch({
    store,
    databaseFile: file,
    dataDir: folder,
    traces: { keysWereMade: false, votedGenerations: 0, ...traces },
    logger,
  })
  const close = async () => {
    await watch.stop()
    await store.close()
  }
  return { store, watch, close }
}

/** A folder in which a server has run, and taken a vote. */
const useFolder = async (): Promise<void> => {
  const { store, watch, close } = await open()
  expect(watch.loss()).toBeNull()
  store.recordDecision(decisionOf(1), 'pending')
  await store.addFeedback(feedbackOf(1, { decisionId: idOf(1) }))
  await close()
  expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([])
}

const kindAfterStart = async (traces: Partial<Traces> = {}): Promise<string | null> => {
  const { watch, close } = await open(traces)
  const kind = watch.loss()?.kind ?? null
  await close()
  return kind
}

const errors = () => logger.lines.filter(({ level }) => level === 'error')

const LOSSES: [string, string, () => void][] = [
  ['deleted', 'missing', () => rmSync(file)],
  ['emptied', 'missing', () => writeFileSync(file, '')],
  ['damaged', 'damaged', () => writeFileSync(file, 'this is not a database\n'.repeat(500))],
]

describe('a database that was in use', () => {
  it('is said to be lost by nobody while it is there', async () => {
    await useFolder()
    expect(await kindAfterStart()).toBeNull()
    expect(errors()).toEqual([])
  })

  it.each(LOSSES)(
    'and is %s is told at every start until the notice is deleted',
    async (_, kind, lose) => {
      await useFolder()
      lose()
      expect(await kindAfterStart()).toBe(kind)
      expect(errors().at(-1)).toMatchObject({
        facts: { kind },
        message: expect.stringContaining('delete store-loss.json'),
      })
      expect(await kindAfterStart()).toBe(kind)
      const { watch, close } = await open()
      rmSync(join(folder, 'store-loss.json'))
      expect(watch.loss()).toBeNull()
      await close()
      expect(await kindAfterStart()).toBeNull()
    },
  )

  it('is no longer lost when it is put back', async () => {
    await useFolder()
    renameSync(file, `${file}.elsewhere`)
    expect(await kindAfterStart()).toBe('missing')
    renameSync(`${file}.elsewhere`, file)
    expect(await kindAfterStart()).toBeNull()
    expect(readdirSync(folder)).not.toContain('store-loss.json')
  })

  it('and is removed while the server runs is told at the next look', async () => {
    await useFolder()
    const { watch, close } = await open()
    rmSync(file)
    expect(watch.loss()).toBeNull()
    await watch.look()
    expect(watch.loss()).toMatchObject({ kind: 'removed' })
    await watch.look()
    expect(errors()).toHaveLength(1)
    await close()
    expect(await kindAfterStart()).toBe('missing')
  })

  it('is missed at the next start also where the server that filled it was killed', async () => {
    const { store, watch } = await open()
    store.recordDecision(decisionOf(1), 'pending')
    await watch.look()
    // Nothing is closed: the marker has followed while it ran.
    expect(JSON.parse(readFileSync(join(folder, 'store.json'), 'utf8'))).toMatchObject({
      hasDecisions: true,
      hasVotes: false,
    })
    rmSync(file)
    expect(await kindAfterStart()).toBe('missing')
  })
})

describe('a folder of before there were markers', () => {
  it('gets one, and misses nothing', async () => {
    const store = await openStoreHere({ file })
    store.recordDecision(decisionOf(1), 'pending')
    await store.close()
    expect(await kindAfterStart({ keysWereMade: false, votedGenerations: 2 })).toBeNull()
    expect(readdirSync(folder)).toContain('store.json')
  })

  it('misses its database where index generations were built with votes', async () => {
    expect(await kindAfterStart({ votedGenerations: 2 })).toBe('missing')
  })
})

describe('a marker', () => {
  it('that is damaged is written anew, and no reason not to start', async () => {
    await useFolder()
    writeFileSync(join(folder, 'store.json'), '{"storeId":')
    expect(await kindAfterStart()).toBeNull()
    expect(JSON.parse(readFileSync(join(folder, 'store.json'), 'utf8'))).toMatchObject({
      hasVotes: true,
    })
  })
})
