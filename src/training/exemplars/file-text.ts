// Decodes the bytes of an imported file, strictly: a wrongly decoded byte would silently make an exemplar that no prompt resembles.
import { RouterError } from '../../errors.ts'

const isEncodingName = (encoding: string): boolean => {
  try {
    return new TextDecoder(encoding).encoding.length > 0
  } catch {
    return false
  }
}

/** Detects UTF-16 by its byte order mark, as Windows writes text that it calls Unicode. */
const encodingOfMark = ([first, second]: Uint8Array): string => {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

const LF = 0x0a

/** The line of the first byte that is not UTF-8. */
const badLine = (bytes: Uint8Array): number => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(LF, start)
    const next = end === -1 ? bytes.length : end + 1
    try {
      decoder.decode(bytes.subarray(start, next))
    } catch {
      return line
    }
    start = next
  }
  return line
}

/**
 * @param encoding as the caller names it; null where it is UTF-8, or UTF-16 with a byte order mark
 * @throws RouterError `invalid_request` naming the file, and the line where it is not of the encoding
 */
export const fileText = (bytes: Uint8Array, name: string, encoding: string | null): string => {
  if (encoding !== null && !isEncodingName(encoding)) {
    throw new RouterError(
      'invalid_request',
      `"${encoding}" is not a known encoding; pass one such as utf-8, windows-1252, iso-8859-2 or shift_jis.`,
    )
  }
  const used = encoding ?? encodingOfMark(bytes)
  try {
    const decoder = new TextDecoder(used, { fatal: true })
    // In parts: Node 20 decodes windows-1252 in one call as iso-8859-1, and makes control characters of € and “.
    return decoder.decode(bytes, { stream: true }) + decoder.decode()
  } catch (cause) {
    const where = used === 'utf-8' ? `${name}:${badLine(bytes)}` : name
    const remedy =
      encoding === null
        ? 'Save it as UTF-8, or name its encoding: --encoding windows-1252 is what spreadsheets write in Western Europe.'
        : 'Name another encoding.'
    throw new RouterError('invalid_request', `${where} is not valid ${used}. ${remedy}`, { cause })
  }
}
