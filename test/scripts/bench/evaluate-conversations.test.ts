import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  evaluateConversations,
  lastMessageOnly,
  readConversations,
} from '../../../scripts/bench/evaluate-conversations.ts'

const fileOf = (content: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-conversations-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'cases.jsonl')
  writeFileSync(file, content)
  return file
}

const line = (id: string, kind: string, route: string) =>
  JSON.stringify({ id, kind, route, messages: [{ role: 'user', content: id }] })

describe('evaluating conversations', () => {
  it('counts what is right by kind, under every rule', async () => {
    const cases = await readConversations(
      fileOf([line('a', 'x', 'code'), line('b', 'x', 'math'), line('c', 'y', 'math')].join('\n')),
    )
    const report = await evaluateConversations(cases, {
      all: async (messages) => (messages[0]?.content === 'a' ? 'code' : 'math'),
      code: async () => 'code',
    })
    expect(report.kinds).toEqual([
      { kind: 'x', cases: 2, right: { all: 2, code: 1 } },
      { kind: 'y', cases: 1, right: { all: 1, code: 0 } },
    ])
    expect(report.total).toEqual({ kind: 'all', cases: 3, right: { all: 3, code: 1 } })
    expect(report.wrong.map(({ id, rule }) => `${id} ${rule}`)).toEqual(['b code', 'c code'])
  })

  it.each([
    ['{"id": "a"', /cases\.jsonl:1: is not valid JSON/],
    [
      `${line('a', 'x', 'code')}\n{"id":"b","kind":"x","route":"y","messages":[]}`,
      /jsonl:2: expected/,
    ],
    ['\n\n', /has no rows/],
  ])('names the line that is wrong: %j', async (content, message) => {
    await expect(readConversations(fileOf(content))).rejects.toThrow(message)
  })

  it('compares with the last message, whoever wrote it', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'tool', content: 'b' },
    ]
    expect(lastMessageOnly(messages)).toEqual([{ role: 'user', content: 'b' }])
  })
})
