import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findLeftOut } from '../../../src/training/exemplars/left-out.ts'
import { temporaryFolder, writeTraining } from '../../support/training-folder.ts'

const folder = async (files: Record<string, string | object[]>) =>
  writeTraining(await temporaryFolder(), files)

describe('what is left out of training', () => {
  it('is nothing where all files belong to configured routes, or where there is no folder', async () => {
    const dir = await folder({
      'code.jsonl': [{ text: 'a', route: 'code' }],
      'none.jsonl': [{ text: 'b', route: 'none' }],
      'held-out.jsonl': [{ text: 'c', route: 'none' }],
      'README.md': 'law',
    })
    expect(await findLeftOut(dir, ['code', 'math'])).toBeNull()
    expect(await findLeftOut(join(dir, 'nowhere'), ['code'])).toBeNull()
  })

  it('is said in one line, with the command that brings it in', async () => {
    const dir = await folder({
      'travel.jsonl': [],
      'law.jsonl': '{oops',
      'code.jsonl': [],
      'held-out.jsonl': [
        { text: 'c', route: 'law' },
        { text: 'd', route: 'zoo' },
      ],
    })
    expect(await findLeftOut(dir, ['code'])).toEqual({
      routes: ['law', 'travel', 'zoo'],
      heldOutRows: 2,
      message:
        'Left out of training, because no such route is configured: law, travel, zoo (and 2 held-out rows). Configure one with: signalbox routes add law --models MODEL.',
    })
  })

  it('asks whether a file is misspelt where a configured route with nearly its name has none', async () => {
    const dir = await folder({ 'smaltalk.jsonl': [], 'writing.jsonl': [], 'rewriting.jsonl': [] })
    const found = await findLeftOut(dir, ['smalltalk', 'writing'])
    expect(found?.message).toMatch(/MODEL\. Did you mean "smalltalk" by "smaltalk"\?$/)
  })
})
