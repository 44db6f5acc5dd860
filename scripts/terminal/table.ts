// Tables for terminals: the first column to the left, figures to the right.
import { visible } from '../../src/core/visible.ts'

/** One line for each row; columns as wide as their widest cell. */
export const table = (cells: readonly string[][]): string[] => {
  const rows = cells.map((row) => row.map(visible))
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
