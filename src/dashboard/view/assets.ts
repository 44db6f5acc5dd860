// The files that pages name: read once, under an address that changes with their content, so that browsers keep them for good.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { projectRoot } from '../../config/project-root.ts'

export interface Asset {
  type: string
  bytes: Uint8Array<ArrayBuffer>
  gzip: Uint8Array<ArrayBuffer>
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** As scripts/build/assets.ts leaves them, from source and from dist/ alike. */
const folder = (): string => join(projectRoot(), 'dist/src/dashboard/sent')

const ASSETS_PATH = '/dashboard/assets/'

interface Assets {
  /** By `<hash>-<name>`. */
  files: ReadonlyMap<string, Asset>
  /** By name. */
  addresses: ReadonlyMap<string, string>
}

const readAssets = (): Assets => {
  const files = new Map<string, Asset>()
  const addresses = new Map<string, string>()
  const dir = folder()
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => !name.endsWith('.gz')) : []
  for (const name of names) {
    const bytes = new Uint8Array(readFileSync(join(dir, name)))
    const gzip = new Uint8Array(readFileSync(join(dir, `${name}.gz`)))
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
    files.set(`${hash}-${name}`, { type: TYPES[extname(name)] ?? 'text/plain', bytes, gzip })
    addresses.set(name, `${ASSETS_PATH}${hash}-${name}`)
  }
  return { files, addresses }
}

let read: Assets | null = null
const assets = (): Assets => {
  read ??= readAssets()
  return read
}

/** Null where there is none of this address. */
export const assetAt = (hashedName: string): Asset | null => assets().files.get(hashedName) ?? null

/** Where a file of src/dashboard/assets is served. @throws Error where the program was built without it */
export const assetUrl = (name: string): string => {
  const address = assets().addresses.get(name)
  if (address === undefined) throw new Error(`There is no asset ${name}: npm run build makes them.`)
  return address
}
