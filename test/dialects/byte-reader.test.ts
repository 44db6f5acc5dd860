import { expect, it } from 'vitest'
import { type ByteReader, readerOf, streamOf } from '../../src/dialects/byte-reader.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

const readerOfList = (parts: (Uint8Array | Promise<Uint8Array> | Error)[]) => {
  const left = [...parts]
  const cancelled: unknown[] = []
  const reader: ByteReader = {
    next: () => {
      const part = left.shift() ?? null
      if (part instanceof Error) throw part
      return part
    },
    cancel: (reason) => void cancelled.push(reason),
  }
  return { reader, cancelled }
}

it('gives back the reader that a stream was made of', () => {
  const { reader } = readerOfList([])
  expect(readerOf(streamOf(reader))).toBe(reader)
})

it('locks the stream whose reader it gives', () => {
  const stream = streamOf(readerOfList([bytes(1)]).reader)
  readerOf(stream)
  expect(() => readerOf(stream)).toThrow(TypeError)
})

it('reads any other stream to its end', async () => {
  const reader = readerOf(new Blob([bytes(1, 2)]).stream())
  expect(await reader.next()).toEqual(bytes(1, 2))
  expect(await reader.next()).toBeNull()
})

it('makes a stream of what has come and what comes later', async () => {
  const { reader } = readerOfList([bytes(1), Promise.resolve(bytes(2))])
  const whole = await new Response(streamOf(reader)).arrayBuffer()
  expect(new Uint8Array(whole)).toEqual(bytes(1, 2))
})

it('errors the stream with what broke the reader, after the bytes before it', async () => {
  const stream = streamOf(readerOfList([bytes(1), new Error('cut')]).reader).getReader()
  expect((await stream.read()).value).toEqual(bytes(1))
  await expect(stream.read()).rejects.toThrow('cut')
})

it('tells the reader that its stream is not wanted', async () => {
  const { reader, cancelled } = readerOfList([])
  await streamOf(reader).cancel('enough')
  expect(cancelled).toEqual(['enough'])
})
