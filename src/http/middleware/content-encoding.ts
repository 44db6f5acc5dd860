// Decodes a body in gzip, deflate, br or zstd, up to the limit of uncompressed bodies.
import { promisify } from 'node:util'
import zlib, { type InputType, type ZlibOptions } from 'node:zlib'
import { RouterError } from '../../errors.ts'

type Decode = (bytes: InputType, options: ZlibOptions) => Promise<Uint8Array>

const inflate: Decode = promisify(zlib.inflate)
const inflateRaw: Decode = promisify(zlib.inflateRaw)
const gunzip: Decode = promisify(zlib.gunzip)

/** `deflate` means the zlib format, but some clients send raw deflate. The low half of zlib's first byte is 8. */
const deflate: Decode = (bytes, options) =>
  ((bytes as Uint8Array)[0] ?? 0) % 16 === 8 ? inflate(bytes, options) : inflateRaw(bytes, options)

// Since Node 22.15; absent before.
const { zstdDecompress } = zlib as { zstdDecompress?: typeof zlib.brotliDecompress }

const DECODERS: Record<string, Decode> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate,
  br: promisify(zlib.brotliDecompress),
  ...(zstdDecompress && { zstd: promisify(zstdDecompress) }),
}

export const isEncoded = (encoding: string | undefined): encoding is string =>
  encoding !== undefined && !['', 'identity'].includes(encoding.trim().toLowerCase())

const isTooLong = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'

/**
 * @param encoding the header's value, of one encoding
 * @throws RouterError `unsupported_encoding`; `invalid_request` where the bytes are not of it; what `tooLong` makes
 */
export const decodeBody = async (
  bytes: Uint8Array,
  { encoding, limit, tooLong }: { encoding: string; limit: number; tooLong: () => RouterError },
): Promise<Uint8Array> => {
  const name = encoding.trim().toLowerCase()
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined
  if (!decode) {
    const message = `content-encoding: expected one of ${Object.keys(DECODERS).join(', ')}, once, or none`
    throw new RouterError('unsupported_encoding', message, { param: 'content-encoding' })
  }
  try {
    return await decode(bytes, { maxOutputLength: limit })
  } catch (cause) {
    if (isTooLong(cause)) throw tooLong()
    const message = `content-encoding: the body is not in ${name}`
    throw new RouterError('invalid_request', message, { param: 'content-encoding', cause })
  }
}
