// Forgetting on disk: what was forgotten is in none of the database's files, what was not is, and a reader can't prevent it.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { holdReader } from './fault-fixtures.ts'
import { decisionOf, feedbackOf, idOf, openStore, temporaryFolder } from './fixtures.ts'

/** All bytes of the database's files, read by another process: reading them here would drop SQLite's locks. */
const onDisk = (file: string): Buffer =>
  execFileSync(
    'cat',
    [file, `${file}-wal`].filter((name) => existsSync(name)),
    {
      maxBuffer: 1 << 30,
    },
  )

const marks = (bytes: Buffer, pattern: RegExp): Set<string> =>
  new Set(bytes.toString('latin1').match(pattern))

const PROMPT = /PROMPT-\d+-/g
const COMMENT = /COMMENT-\d+-/g
const ROWS = 1_000
const SESSIONS = 30

/** 0 to 1, the same row of numbers each time. */
const createRandom = () => {
  let state = 5
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/**
 * Prompts and comments of many lengths, so that rows move between pages as others go: without writing the file anew, a
 * copy of some forgotten prompt is left after about half of the sessions.
 */
const fillDatabase = async (file: string) => {
  const random = createRandom()
  const store = await openStore({ file })
  const sessions = new Map<string, number[]>()
  for (let n = 1; n <= ROWS; n++) {
    const sessionId = `session-${Math.floor(random() * SESSIONS)}`
    sessions.set(sessionId, [...(sessions.get(sessionId) ?? []), n])
    const text = `PROMPT-${n}-${'x'.repeat(Math.floor(random() * 300))}`
    const routingText = { ...decisionOf(n).routingText, text }
    store.recordDecision(decisionOf(n, { sessionId, routingText }), 'pending')
  }
  await store.flush()
  for (let n = 1; n <= ROWS; n += 5) {
    const comment = `COMMENT-${n}-${'y'.repeat(Math.floor(random() * 300))}`
    await store.addFeedback(feedbackOf(n, { decisionId: idOf(n), comment }))
  }
  return { store, sessions }
}

describe('forgetting', () => {
  it('leaves nothing of any forgotten prompt or comment in the files, while the server runs', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    const { store, sessions } = await fillDatabase(file)
    const kept = new Set(Array.from({ length: ROWS }, (_, i) => i + 1))
    for (const [sessionId, members] of [...sessions].slice(0, -1)) {
      const { decisions } = await store.forget({ sessionId }, [])
      expect(decisions).toBe(members.length)
      for (const n of members) kept.delete(n)
      const bytes = onDisk(file)
      expect(marks(bytes, PROMPT)).toEqual(new Set([...kept].map((n) => `PROMPT-${n}-`)))
      const commented = [...kept].filter((n) => n % 5 === 1)
      expect(marks(bytes, COMMENT)).toEqual(new Set(commented.map((n) => `COMMENT-${n}-`)))
    }
    expect((await store.listDecisions({ limit: 1_000 })).decisions).toHaveLength(kept.size)
  }, 60_000)

  it('says so where a reader holds the log with the text, and finishes when it is asked again', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'signalbox.db')
    const store = await openStore({ file })
    const routingText = { ...decisionOf(1).routingText, text: 'PROMPT-1-' }
    store.recordDecision(decisionOf(1, { routingText }), 'pending')
    await store.flush()
    const reader = await holdReader(folder, file)
    await expect(store.forget({ sessionId: 'session-1' }, ['ex_1'])).rejects.toMatchObject({
      code: 'store_unavailable',
      isRetryable: true,
      message: expect.stringContaining('a reader holds the log'),
    })
    expect(await store.getDecision(idOf(1))).toBeNull()
    expect(marks(onDisk(file), PROMPT).size).toBe(1)
    await reader.release()
    expect(await store.forget({ sessionId: 'session-1' }, [])).toEqual({
      decisions: 0,
      feedback: 0,
    })
    expect(marks(onDisk(file), PROMPT).size).toBe(0)
    expect(await store.listForgottenExemplars()).toEqual(['ex_1'])
  }, 30_000)

  it('gives the space back to the disk, and decisions can be recorded while it does', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    const { store } = await fillDatabase(file)
    const before = onDisk(file).byteLength
    const forgotten = store.forget({ principal: 'key-1' }, [])
    store.recordDecision(decisionOf(ROWS + 1, { principal: 'key-2' }), 'pending')
    expect(await forgotten).toEqual({ decisions: ROWS, feedback: ROWS / 5 })
    await store.flush()
    expect(onDisk(file).byteLength).toBeLessThan(before / 2)
    const { decisions } = await store.listDecisions({ limit: 10 })
    expect(decisions.map(({ id }) => id)).toEqual([idOf(ROWS + 1)])
  })
})
