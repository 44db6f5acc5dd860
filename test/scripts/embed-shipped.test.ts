import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { embedShipped } from '../../scripts/model/embed-shipped.ts'
import { createTransformersEncoder } from '../../src/encoder/transformers.ts'
import { openVectorCache } from '../../src/training/exemplars/vector-cache.ts'
import { encoderConfig } from '../encoder/support.ts'

const TEXTS = ['fix this null pointer exception', 'why does my async handler never resolve']

it('embeds what a first start would, to the last bit, and nothing twice', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'signalbox-shipped-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const lines = TEXTS.map((text) => JSON.stringify({ text, route: 'code' }))
  await writeFile(join(dir, 'code.jsonl'), `${lines.join('\n')}\n`)
  const into = join(dir, 'vectors')

  const first = await embedShipped({ trainingDir: dir, into })
  // Exemplars and their copies; the name and the description of the route are shipped ones.
  expect(first.embedded + first.reused).toBe(6)
  expect(first.embedded).toBeGreaterThanOrEqual(4)
  expect(await embedShipped({ trainingDir: dir, into })).toEqual({ embedded: 0, reused: 6 })

  const config = encoderConfig()
  const encoder = await createTransformersEncoder(config)
  const { max_chars, max_tokens } = config
  const shipped = await openVectorCache({
    dir: join(dir, 'data'),
    shippedDir: into,
    encoderId: `${encoder.id} max_chars=${max_chars} max_tokens=${max_tokens} windows=3`,
    dimensions: encoder.dimensions,
  })
  for (const text of TEXTS) expect(shipped.get(text)).toEqual(await encoder.embed(text))
})
