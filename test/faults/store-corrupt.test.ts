// A damaged database at start: moved aside with a loud line and replaced by an empty one, never silently.
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decisionOf, idOf, openStore, recordingLogger, temporaryFolder } from '../store/fixtures.ts'

const sound = async (): Promise<{ folder: string; file: string; bytes: Buffer }> => {
  const folder = temporaryFolder()
  const file = join(folder, 'signalbox.db')
  const store = await openStore({ file })
  for (let n = 1; n <= 200; n++) store.recordDecision(decisionOf(n), 'pending')
  await store.close()
  return { folder, file, bytes: readFileSync(file) }
}

const DAMAGES: [string, (file: string, bytes: Buffer) => void][] = [
  ['its first page overwritten', (file, bytes) => writeFileSync(file, bytes.fill(0x5a, 0, 4_096))],
  [
    'another file in its place',
    (file) => writeFileSync(file, 'this is not a database\n'.repeat(500)),
  ],
  [
    'half of it cut off',
    (file, bytes) => truncateSync(file, Math.floor(bytes.length / 8192) * 4096),
  ],
  [
    'garbage in its middle',
    (file, bytes) =>
      writeFileSync(file, bytes.fill(0xa5, bytes.length / 2, bytes.length / 2 + 16_384)),
  ],
]

it.each(DAMAGES)(
  'moves aside a database with %s, and starts with an empty one',
  async (_name, damage) => {
    const { folder, file, bytes } = await sound()
    damage(file, bytes)
    const damaged = readFileSync(file)
    const logger = recordingLogger()
    const store = await openStore({ file, logger, now: () => Date.UTC(2026, 0, 2, 3, 4, 5) })

    const moved = readdirSync(folder).filter((name) => name.includes('.corrupt-'))
    expect(moved).toContain('signalbox.db.corrupt-2026-01-02T03-04-05-000Z')
    expect(readFileSync(join(folder, moved[0] ?? '')).equals(damaged)).toBe(true)
    expect(logger.lines).toContainEqual({
      level: 'error',
      message: 'the database was damaged: it was moved aside and an empty one is in use',
      facts: { movedAside: join(folder, 'signalbox.db.corrupt-2026-01-02T03-04-05-000Z') },
    })
    expect((await store.listDecisions({ limit: 10 })).decisions).toEqual([])
    store.recordDecision(decisionOf(1), 'pending')
    expect(await store.getDecision(idOf(1))).toMatchObject(decisionOf(1))
  },
)

it.each(DAMAGES)('refuses %s where it may not move it', async (_name, damage) => {
  const { folder, file, bytes } = await sound()
  damage(file, bytes)
  const damaged = readFileSync(file)
  await expect(openStore({ file, onCorrupt: 'refuse' })).rejects.toMatchObject({
    code: 'store_unavailable',
    isRetryable: false,
    details: { reason: 'damaged' },
  })
  expect(readFileSync(file).equals(damaged)).toBe(true)
  expect(readdirSync(folder).filter((name) => name.includes('.corrupt-'))).toEqual([])
})
