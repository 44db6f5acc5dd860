import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Encoder } from '../../../src/encoder/encoder.ts'
import { RouterError } from '../../../src/errors.ts'
import { embedTexts } from '../../../src/training/exemplars/embed-exemplars.ts'
import { openVectorCache } from '../../../src/training/exemplars/vector-cache.ts'
import { createHashingEncoder } from '../../support/hashing-encoder.ts'
import { temporaryFolder } from '../../support/training-folder.ts'

const rowsOf = (vectors: Float32Array, dimensions: number) =>
  Array.from({ length: vectors.length / dimensions }, (_, row) =>
    vectors.subarray(row * dimensions, (row + 1) * dimensions),
  )

describe('embedding texts', () => {
  it('gives one row for each text in their order, and embeds each distinct text once', async () => {
    const encoder = createHashingEncoder()
    const texts = ['a', 'b', 'a', 'c']
    const { vectors, embedded } = await embedTexts(texts, { encoder, concurrency: 3 })
    const rows = rowsOf(vectors, encoder.dimensions)
    expect(embedded).toBe(3)
    expect(encoder.embedded.toSorted()).toEqual(['a', 'b', 'c'])
    for (const [i, text] of texts.entries()) expect(rows[i]).toEqual(await encoder.embed(text))
  })

  it('never has more texts in flight than asked', async () => {
    const inner = createHashingEncoder()
    let inFlight = 0
    let most = 0
    const encoder: Encoder = {
      ...inner,
      embed: async (text) => {
        most = Math.max(most, ++inFlight)
        await new Promise(setImmediate)
        inFlight--
        return inner.embed(text)
      },
    }
    await embedTexts(
      Array.from({ length: 20 }, (_, i) => `t${i}`),
      { encoder, concurrency: 4 },
    )
    expect(most).toBe(4)
  })

  it('looks up before it embeds, and tells what it had to embed', async () => {
    const encoder = createHashingEncoder()
    const known = await createHashingEncoder().embed('known')
    const remembered: string[] = []
    const result = await embedTexts(['known', 'new'], {
      encoder,
      concurrency: 1,
      lookup: (text) => (text === 'known' ? known : undefined),
      remember: (text) => remembered.push(text),
    })
    expect(result).toMatchObject({ reused: 1, embedded: 1 })
    expect(encoder.embedded).toEqual(['new'])
    expect(remembered).toEqual(['new'])
  })

  const failing = (failures: number, error: () => Error): Encoder => {
    const inner = createHashingEncoder()
    let left = failures
    return {
      ...inner,
      embed: async (text) => {
        if (left-- > 0) throw error()
        return inner.embed(text)
      },
    }
  }

  it('tries a text three times while the error says that it may pass', async () => {
    const passing = () => new RouterError('encoder_unavailable', 'gone')
    await embedTexts(['a'], { encoder: failing(2, passing), concurrency: 1 })
    await expect(
      embedTexts(['a'], { encoder: failing(3, passing), concurrency: 1 }),
    ).rejects.toMatchObject({ code: 'encoder_unavailable' })
    const final = () => new RouterError('model_files_invalid', 'bad')
    await expect(
      embedTexts(['a'], { encoder: failing(1, final), concurrency: 1 }),
    ).rejects.toMatchObject({ code: 'model_files_invalid' })
  })

  it('refuses a vector that is not usable', async () => {
    const inner = createHashingEncoder()
    const sound = await inner.embed('a')
    for (const bad of [
      sound.map(() => Number.NaN),
      sound.map((value) => value * 2),
      sound.slice().fill(Number.NaN, inner.dimensions - 1),
      sound.slice(0, inner.searchDimensions),
    ]) {
      const encoder = { ...inner, embed: async () => bad }
      await expect(embedTexts(['a'], { encoder, concurrency: 1 })).rejects.toMatchObject({
        code: 'invalid_vector',
      })
    }
  })

  it('stops with the reason of its signal', async () => {
    const abort = new AbortController()
    const inner = createHashingEncoder()
    const encoder: Encoder = {
      ...inner,
      embed: async (text) => {
        if (text === 't3') abort.abort(new Error('enough'))
        return inner.embed(text)
      },
    }
    const texts = Array.from({ length: 10 }, (_, i) => `t${i}`)
    const embedding = embedTexts(texts, { encoder, concurrency: 1, signal: abort.signal })
    await expect(embedding).rejects.toThrow('enough')
    expect(inner.embedded).toHaveLength(4)
  })
})

describe('the vector cache', () => {
  const open = (dir: string, encoderId = 'e/1') =>
    openVectorCache({ dir, encoderId, dimensions: 2 })

  it('gives back after reopening what was flushed, and nothing to another encoder', async () => {
    const dir = await temporaryFolder()
    const cache = await open(dir)
    cache.put('a', Float32Array.of(1, 2))
    await cache.flush()
    cache.put('b', Float32Array.of(3, 4))
    const reopened = await open(dir)
    expect(reopened.get('a')).toEqual(Float32Array.of(1, 2))
    expect(reopened.get('b')).toBeUndefined()
    expect((await open(dir, 'e/2')).get('a')).toBeUndefined()
  })

  it('looks behind its own file into what came with the program, which it does not write', async () => {
    const [dir, shippedDir] = [await temporaryFolder(), await temporaryFolder()]
    const shipped = await open(shippedDir)
    shipped.put('a', Float32Array.of(1, 2))
    await shipped.flush()
    const [name = ''] = await readdir(shippedDir)
    const damaged = Buffer.concat([await readFile(join(shippedDir, name)), Buffer.from('tail')])
    await writeFile(join(shippedDir, name), damaged)
    const cache = await openVectorCache({ dir, shippedDir, encoderId: 'e/1', dimensions: 2 })
    expect(cache.get('a')).toEqual(Float32Array.of(1, 2))
    cache.put('a', Float32Array.of(5, 5))
    cache.put('b', Float32Array.of(3, 4))
    await cache.flush()
    expect((await open(dir)).get('a')).toBeUndefined()
    expect((await open(dir)).get('b')).toEqual(Float32Array.of(3, 4))
    expect(await readFile(join(shippedDir, name))).toEqual(damaged)
  })

  it('drops a damaged tail and goes on after the sound part', async () => {
    const dir = await temporaryFolder()
    const cache = await open(dir)
    for (const [i, text] of ['a', 'b', 'c'].entries()) cache.put(text, Float32Array.of(i, 1))
    await cache.flush()
    const [name = ''] = await readdir(dir)
    const bytes = await readFile(join(dir, name))
    const recordBytes = bytes.length / 3
    bytes[recordBytes + 33] = (bytes[recordBytes + 33] ?? 0) ^ 1
    await writeFile(join(dir, name), bytes)
    const mended = await open(dir)
    expect(mended.get('a')).toEqual(Float32Array.of(0, 1))
    expect(mended.get('b')).toBeUndefined()
    mended.put('b', Float32Array.of(1, 1))
    await mended.flush()
    expect((await open(dir)).get('b')).toEqual(Float32Array.of(1, 1))
  })

  it('survives a file cut at any byte', async () => {
    const dir = await temporaryFolder()
    const cache = await open(dir)
    for (const text of ['a', 'b']) cache.put(text, Float32Array.of(1, 0))
    await cache.flush()
    const [name = ''] = await readdir(dir)
    const bytes = await readFile(join(dir, name))
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(join(dir, name), bytes.subarray(0, length))
      const cut = await open(dir)
      expect(cut.get('a') !== undefined).toBe(length >= bytes.length / 2)
      expect(cut.get('b')).toBeUndefined()
    }
  })
})
