// Another encoder than the built-in one, as models/README.md says to bring it: a multilingual tokenizer (SentencePiece pieces,
// as XLM-RoBERTa has) and a graph that gives last_hidden_state. Both are made here, a few hundred bytes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOnnxGraph } from '../../scripts/model/onnx-graph.ts'
import type { Encoder } from '../../src/encoder/encoder.ts'
import { createTransformersEncoder } from '../../src/encoder/transformers.ts'
import { encoderConfig } from './support.ts'

const SPECIAL = ['<s>', '<pad>', '</s>', '<unk>']
const PIECES = [...SPECIAL, '▁hello', '▁world', '▁привет', '▁мир', '▁你好', '世界', '▁', '▁مرحبا']
const WIDTH = 4

/** Row k of the table of word vectors points to axis k modulo 4, a little off it, so that no two are alike. */
const wordVectors = (): number[] =>
  PIECES.flatMap((_piece, row) =>
    Array.from({ length: WIDTH }, (_, axis) => (row % WIDTH === axis ? 1 : 0.01 * (row + axis))),
  )

const INPUTS = ['input_ids', 'attention_mask']

/** Word vectors alone: input_ids → last_hidden_state. */
const tinyGraph = (inputs: readonly string[] = INPUTS): Buffer => {
  const graph = createOnnxGraph('tiny')
  const table = graph.float32('words', [PIECES.length, WIDTH], wordVectors())
  graph.node('Gather', [table, 'input_ids'], { outputs: ['last_hidden_state'] })
  const dims = ['batch', 'sequence']
  return graph.serialise(
    inputs.map((name) => ({ name, type: 'int64' as const, dims })),
    [{ name: 'last_hidden_state', type: 'float32', dims: [...dims, WIDTH] }],
  )
}

const special = (content: string, id: number) => ({
  ...{ id, content, single_word: false, lstrip: false, rstrip: false },
  ...{ normalized: false, special: true },
})

const tokenizer = {
  ...{ version: '1.0', truncation: null, padding: null, normalizer: null },
  added_tokens: SPECIAL.map(special),
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '<s>', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '</s>', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {},
  },
  decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
  model: { type: 'Unigram', unk_id: 3, vocab: PIECES.map((piece, i) => [piece, i < 4 ? 0 : -i]) },
}

let folder: string
const config = () => ({ ...encoderConfig(), model: folder, precision: 'fp32' as const })

const writeModel = (
  graph: Buffer,
  kind = { model: 'xlm-roberta', tokenizer: 'XLMRobertaTokenizer' },
): void => {
  mkdirSync(join(folder, 'onnx'), { recursive: true })
  const json = {
    'config.json': { model_type: kind.model, hidden_size: WIDTH },
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': {
      ...{ tokenizer_class: kind.tokenizer, model_max_length: 128 },
      ...{ bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' },
    },
  }
  for (const [name, value] of Object.entries(json)) {
    writeFileSync(join(folder, name), JSON.stringify(value))
  }
  writeFileSync(join(folder, 'onnx/model.onnx'), graph)
}

beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'signalbox-other-')), 'tiny-multilingual')
  writeModel(tinyGraph())
})
afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

describe('a multilingual encoder that somebody brought', () => {
  let encoder: Encoder
  beforeAll(async () => {
    encoder = await createTransformersEncoder(config())
  })
  afterAll(() => encoder.close())

  it('is loaded from its folder, has rows of its own width, and is named with a hash', () => {
    expect(encoder.id).toMatch(/^tiny-multilingual\/fp32\/mean@[0-9a-f]{8}$/)
    expect(encoder.searchDimensions).toBe(WIDTH)
  })

  it('gives unit vectors that tell apart texts of one script and of several', async () => {
    const texts = ['hello world', 'привет мир', '你好世界', 'مرحبا', 'мир']
    const rows = await Promise.all(texts.map((text) => encoder.embed(text)))
    for (const row of rows) {
      expect(Math.hypot(...row.subarray(0, WIDTH))).toBeCloseTo(1, 5)
    }
    expect(new Set(rows.map((row) => [...row].join())).size).toBe(texts.length)
    expect(await encoder.embed('привет мир')).toEqual(rows[1])
  })

  it('pools the tokens of a text by their mean', async () => {
    const row = await encoder.embed('мир')
    const vectors = wordVectors()
    const ids = [SPECIAL.indexOf('<s>'), PIECES.indexOf('▁мир'), SPECIAL.indexOf('</s>')]
    const sums = Array.from({ length: WIDTH }, (_, axis) =>
      ids.reduce((sum, id) => sum + (vectors[id * WIDTH + axis] as number), 0),
    )
    const length = Math.hypot(...sums)
    sums.forEach((sum, axis) => {
      expect(row[axis]).toBeCloseTo(sum / length, 5)
    })
  })
})

it('is asked for token types where its graph wants them and its tokenizer makes none', async () => {
  // So is paraphrase-multilingual-MiniLM-L12-v2: a BERT with SentencePiece pieces.
  writeModel(tinyGraph(), { model: 'bert', tokenizer: 'PreTrainedTokenizerFast' })
  const plain = await createTransformersEncoder(config())
  const expected = await plain.embed('привет мир')
  await plain.close()
  const kind = { model: 'bert', tokenizer: 'PreTrainedTokenizerFast' }
  writeModel(tinyGraph([...INPUTS, 'token_type_ids']), kind)
  const typed = await createTransformersEncoder(config())
  expect(await typed.embed('привет мир')).toEqual(expected)
  await typed.close()
})

it('is another encoder once a byte of its graph is another', async () => {
  const before = await createTransformersEncoder(config())
  await before.close()
  writeModel(Buffer.concat([tinyGraph(), Buffer.from([0x1a, 0x00])]))
  const after = await createTransformersEncoder(config())
  await after.close()
  expect(after.id).not.toBe(before.id)
})

it('is refused by name where a file is missing', async () => {
  rmSync(join(folder, 'tokenizer.json'))
  await expect(createTransformersEncoder(config())).rejects.toMatchObject({
    code: 'model_files_invalid',
  })
})
