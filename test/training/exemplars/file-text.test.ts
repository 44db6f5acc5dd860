import { describe, expect, it } from 'vitest'
import { fileText } from '../../../src/training/exemplars/file-text.ts'

const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1')

describe('the text of a file', () => {
  it('is read as UTF-8, with or without a mark, and as UTF-16 where a mark says so', () => {
    const text = 'Grüße aus Łódź'
    expect(fileText(Buffer.from(text), 'a.csv', null)).toBe(text)
    expect(fileText(Buffer.from(`\uFEFF${text}`), 'a.csv', null)).toBe(text)
    expect(fileText(Buffer.from(`\uFEFF${text}`, 'utf16le'), 'a.csv', null)).toBe(text)
    expect(fileText(Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(), 'a.csv', null)).toBe(text)
  })

  it('is refused with the line of the first byte that is not UTF-8', () => {
    const bytes = latin('text,route\nplain,code\ndéjà vu,code\nça va,code\n')
    expect(() => fileText(bytes, 'fr.csv', null)).toThrow(
      /^fr\.csv:3 is not valid utf-8\. .*--encoding windows-1252/,
    )
  })

  it('is decoded from the encoding that is named', () => {
    expect(fileText(Uint8Array.of(0x80, 0x20, 0xe9), 'a.csv', 'windows-1252')).toBe('€ é')
    expect(fileText(Uint8Array.of(0xb1), 'a.csv', 'iso-8859-2')).toBe('ą')
  })

  it('is refused where it is not of the encoding that is named, or that is none', () => {
    const call = (encoding: string) => () => fileText(Uint8Array.of(0xff), 'a.csv', encoding)
    expect(call('utf-8')).toThrow('a.csv:1 is not valid utf-8. Name another encoding.')
    expect(call('cp-unheard-of')).toThrow('"cp-unheard-of" is not a known encoding')
  })
})
