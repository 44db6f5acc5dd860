// Coded rows in WebAssembly memory: which of them may be nearest to a query, by a twelfth of the memory that rough inner products
// have to read.

import { CODE_LANES, CODE_PARTS, CODE_ROWS, codeRowsKernel, MOST_LEVEL } from './code-kernel.ts'
import { instantiate } from './instance.ts'
import { CENTROIDS, codeParts, PART_WIDTH, type ProductCodes } from './product-codes.ts'

/** Largest sum of a row that the kernel can write. */
const MOST_SUM = 65_535

export interface CodeRows {
  /**
   * At least the `wanted` rows (or all) whose rough inner products with `query` are largest, in no order. Overwritten by the next call.
   * @param query `cols` finite numbers
   */
  nearest(query: Float32Array, wanted: number): Int32Array
}

/** Memory: tables, sums, best of lanes, codes. */
const layOut = ({ codes }: ProductCodes, parts: number) => {
  const count = (2 * codes.length) / parts
  const sums = parts * CENTROIDS
  const best = sums + 2 * count
  const kept = best + (count / CODE_ROWS) * CODE_LANES * 2
  return { count, sums, best, kept, end: kept + codes.length }
}

interface QueryTables {
  /** Inner products of the query's parts with their centroids. */
  products: Float32Array
  /** The least of each part. */
  lows: Float32Array
  /** Products as whole levels above the least of their part. */
  levels: Uint8Array
}

/** @returns the widest span of a part's products */
const writeProducts = (codebook: Float32Array, query: Float32Array, to: QueryTables): number => {
  let widest = 0
  for (let part = 0; part < to.lows.length; part++) {
    const [asked, first] = [part * PART_WIDTH, part * CENTROIDS]
    const a = query[asked] as number
    const b = query[asked + 1] as number
    const c = query[asked + 2] as number
    const d = query[asked + 3] as number
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (let at = first; at < first + CENTROIDS; at++) {
      const from = at * PART_WIDTH
      const product =
        a * (codebook[from] as number) +
        b * (codebook[from + 1] as number) +
        c * (codebook[from + 2] as number) +
        d * (codebook[from + 3] as number)
      to.products[at] = product
      if (product < low) low = product
      if (product > high) high = product
    }
    to.lows[part] = low
    if (high - low > widest) widest = high - low
  }
  return widest
}

const writeLevels = ({ products, lows, levels }: QueryTables, widest: number): void => {
  const most = Math.min(MOST_LEVEL, Math.floor(MOST_SUM / lows.length))
  const scale = widest > 0 ? most / widest : 0
  for (let part = 0; part < lows.length; part++) {
    const low = lows[part] as number
    for (let at = part * CENTROIDS; at < (part + 1) * CENTROIDS; at++) {
      levels[at] = Math.floor(((products[at] as number) - low) * scale + 0.5)
    }
  }
}

/** The largest number that at least `wanted` of `values` reach. */
const reachedBy = (values: Uint16Array, wanted: number, counts: Int32Array): number => {
  counts.fill(0)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    counts[value] = (counts[value] as number) + 1
  }
  let value = counts.length
  for (let found = 0; found < wanted && value > 0; ) found += counts[--value] as number
  return value
}

/** Writes the rows whose sums reach `least` to `to`; of lanes whose best does not, none is looked at. @returns how many */
const writeRowsFrom = (
  { sums, best }: { sums: Uint16Array; best: Uint16Array },
  least: number,
  to: Int32Array,
): number => {
  let found = 0
  let lane = 0
  for (let group = 0; lane < best.length; group += CODE_ROWS) {
    for (let from = group; from < group + CODE_LANES; from++) {
      if ((best[lane++] as number) < least) continue
      for (let row = from; row < group + CODE_ROWS && row < to.length; row += CODE_LANES) {
        if ((sums[row] as number) >= least) to[found++] = row
      }
    }
  }
  return found
}

/** Rows behind the last one must not count: their sums become 0. */
const leaveOutPadding = (sums: Uint16Array, best: Uint16Array, rows: number): void => {
  sums.fill(0, rows)
  const group = sums.subarray(sums.length - CODE_ROWS)
  for (let lane = 0; lane < CODE_LANES; lane++) {
    let most = 0
    for (let row = lane; row < CODE_ROWS; row += CODE_LANES) {
      most = Math.max(most, group[row] as number)
    }
    best[best.length - CODE_LANES + lane] = most
  }
}

export const createCodeRows = (coded: ProductCodes): CodeRows => {
  const { rows, cols, codebook } = coded
  const parts = codeParts(cols)
  const places = layOut(coded, parts)
  const { buffer, run } = instantiate(places.end, codeRowsKernel())
  const levels = new Uint8Array(buffer, 0, parts * CENTROIDS)
  const sums = new Uint16Array(buffer, places.sums, places.count)
  const groups = places.count / CODE_ROWS
  const best = new Uint16Array(buffer, places.best, groups * CODE_LANES)
  new Uint8Array(buffer, places.kept, coded.codes.length).set(coded.codes)
  const tables = {
    products: new Float32Array(parts * CENTROIDS),
    lows: new Float32Array(parts),
    levels,
  }
  const asked = new Float32Array(parts * PART_WIDTH)
  const counts = new Int32Array(Math.min(MOST_SUM, parts * MOST_LEVEL) + 1)
  const found = new Int32Array(rows)
  return {
    nearest: (query, wanted) => {
      asked.set(query)
      writeLevels(tables, writeProducts(codebook, asked, tables))
      run(places.kept, 0, parts / CODE_PARTS, places.sums, places.best, groups)
      leaveOutPadding(sums, best, rows)
      // Where most lanes hold a wanted row, their best ones say little.
      const values = 2 * wanted > best.length ? sums.subarray(0, rows) : best
      const least = reachedBy(values, wanted, counts)
      return found.subarray(0, writeRowsFrom({ sums, best }, least, found))
    },
  }
}
