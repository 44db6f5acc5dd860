import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { AutoTokenizer, env } from '@xenova/transformers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectRoot } from '../../src/config/project-root.ts'
import { ensureModel } from '../../src/encoder/ensure-model.ts'
import { modelsFolder } from '../../src/encoder/model-files.ts'
import { createWordPieces } from '../../src/encoder/word-pieces.ts'
import { createRecordingLogger, encoderConfig } from './support.ts'

type Tokenizer = Awaited<ReturnType<typeof AutoTokenizer.from_pretrained>>

let tokenizer: Tokenizer
let wordPieces: (text: string) => number[] | null

beforeAll(async () => {
  const config = encoderConfig({})
  await ensureModel(config, createRecordingLogger())
  env.allowRemoteModels = false
  env.localModelPath = dirname(join(modelsFolder(), config.model)) + sep
  tokenizer = await AutoTokenizer.from_pretrained(config.model)
  wordPieces = createWordPieces(tokenizer) ?? (() => expect.fail('the tokenizer is not known'))
})

const byLibrary = (text: string): number[] =>
  tokenizer.encode(text, null, { add_special_tokens: false })

const shippedTexts = (): string[] => {
  const folder = join(projectRoot(), 'training-data')
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
  return files.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => (JSON.parse(line) as { text?: string }).text ?? []),
  )
}

describe('word pieces', () => {
  it('are those of the library in all shipped texts that are plain ASCII, and in no other', () => {
    const texts = shippedTexts()
    const plain = texts.filter((text) => wordPieces(text) !== null)
    const differing = plain.filter(
      (text) => wordPieces(text)?.join() !== byLibrary(text).join(),
    ).length
    expect(differing).toBe(0)
    expect(plain.length).toBeGreaterThan(texts.length / 2)
    expect(plain.some((text) => /[^\x20-\x7e\t\r\n]/.test(text))).toBe(false)
  })

  it('are those of the library in any plain text', () => {
    const letters = fc.string({ unit: 'grapheme-ascii', maxLength: 120 })
    const words = fc.array(
      fc.constantFrom('un', 'believ', 'able', 'X', "'s", '  ', '\t\n', '9', '-'),
    )
    const texts = fc.oneof(
      letters,
      words.map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(wordPieces(text) ?? byLibrary(text)).toEqual(byLibrary(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('are one unknown token for a word that is too long, or has an unknown part', () => {
    for (const text of ['a'.repeat(100), 'a'.repeat(101), `${'b'.repeat(500)} c`]) {
      expect(wordPieces(text)).toEqual(byLibrary(text))
    }
  })

  it('leave to the library what holds a special token or anything but plain ASCII', () => {
    for (const text of ['[SEP] a', 'a[MASK]', 'café', 'a\0b', 'a\u007fb', '中']) {
      expect(wordPieces(text)).toBeNull()
    }
  })

  it('are left to the library with a tokenizer of another kind', () => {
    expect(createWordPieces({ special_tokens: [], model: { config: { type: 'BPE' } } })).toBeNull()
  })
})
