// Event boundaries over bytes, whatever the chunking.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrameSplitter, encodeData, readData, replaceData } from '../../src/dialects/sse.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (frame: Uint8Array): string => new TextDecoder().decode(frame)

const split = (chunks: Uint8Array[]): string[] => {
  const splitter = createFrameSplitter()
  const frames = chunks.flatMap((chunk) => splitter.push(chunk)).map(text)
  return [...frames, `rest:${text(splitter.rest())}`]
}

const chunked = (whole: Uint8Array, cuts: number[]): Uint8Array[] => {
  const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return at.slice(1).map((end, i) => whole.subarray(at[i], end))
}

describe('createFrameSplitter', () => {
  it.each([
    ['LF', 'data: a\n\ndata: b\n\n', ['data: a\n\n', 'data: b\n\n']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['data: a\r\n\r\n', 'data: b\r\n\r\n']],
    ['mixed', 'data: a\n\r\ndata: b\r\n\n', ['data: a\n\r\n', 'data: b\r\n\n']],
    ['several lines', 'event: x\ndata: a\n\n', ['event: x\ndata: a\n\n']],
    ['blank lines before', '\n\ndata: a\n\n', ['\n', '\n', 'data: a\n\n']],
    ['a comment', ': ping\n\n', [': ping\n\n']],
  ])('splits behind blank lines: %s', (_name, input, frames) => {
    expect(split([bytes(input)])).toEqual([...frames, 'rest:'])
  })

  it('keeps what has not ended', () => {
    const splitter = createFrameSplitter()
    expect(splitter.push(bytes('data: a\n\ndata: b\n'))).toHaveLength(1)
    expect(text(splitter.rest())).toBe('data: b\n')
    expect(splitter.bufferedBytes).toBe(8)
  })

  it('gives the same events for every chunking of any bytes', () => {
    const line = fc.oneof(
      fc.constantFrom('\n', '\r\n', '\r', '\n\n'),
      fc.string({ unit: 'binary' }),
    )
    const input = fc.array(line, { maxLength: 30 }).map((lines) => bytes(lines.join('')))
    fc.assert(
      fc.property(input, fc.array(fc.nat(), { maxLength: 12 }), (whole, cuts) => {
        const frames = split(chunked(whole, cuts))
        expect(frames).toEqual(split([whole]))
        expect(frames).toEqual(split(Array.from(whole, (byte) => Uint8Array.of(byte))))
      }),
    )
  })

  it('neither loses, adds nor reorders a byte', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (chunks) => {
        const splitter = createFrameSplitter()
        const frames = chunks.flatMap((chunk) => splitter.push(chunk))
        expect(Buffer.concat([...frames, splitter.rest()])).toEqual(Buffer.concat(chunks))
      }),
    )
  })
})

describe('readData', () => {
  it.each([
    ['data: a\n\n', 'a'],
    ['data:a\n\n', 'a'],
    ['data:  a\r\n\r\n', ' a'],
    ['event: x\nid: 1\ndata: a\ndata: b\n\n', 'a\nb'],
    ['data\n\n', ''],
    [': ping\n\n', null],
    ['event: ping\n\n', null],
    ['database: a\n\n', null],
    ['\n', null],
  ])('of %j is %j', (frame, data) => {
    expect(readData(bytes(frame))).toBe(data)
  })

  it('is the same for either line end, with one line of data or more', () => {
    const lines = fc.array(fc.stringMatching(/^[ -~äß🙂]*$/u), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(lines, (values) => {
        const frame = values.map((value) => `data: ${value}`)
        expect(readData(bytes(`${frame.join('\n')}\n\n`))).toBe(values.join('\n'))
        expect(readData(bytes(`${frame.join('\r\n')}\r\n\r\n`))).toBe(values.join('\n'))
      }),
    )
  })
})

describe('replaceData', () => {
  it('keeps the other fields and the line ends', () => {
    expect(text(replaceData(bytes('id: 7\r\ndata: a\r\n\r\n'), 'b'))).toBe(
      'id: 7\r\ndata: b\r\n\r\n',
    )
    expect(text(replaceData(bytes('data: a\ndata: b\n\n'), 'c'))).toBe('data: c\n\n')
  })
})

describe('encodeData', () => {
  it('is read back as it was', () => {
    expect(readData(encodeData('{"a":"ü"}'))).toBe('{"a":"ü"}')
  })
})
