// A table with named columns. It scrolls in its own box on a narrow screen, and says so where there is nothing to show.
import type { Child } from 'hono/jsx'

export interface Column<Row> {
  title: string
  /** Of the cell. */
  cell: (row: Row) => Child
  /** Numbers stand at the right, in figures of one width. */
  isNumber?: boolean
  /** Takes what room there is, and is cut to one line. */
  isWide?: boolean
}

interface TableProps<Row> {
  /** For those who do not see it. */
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  /** What is said in place of rows. */
  empty: string
  /** An id for each row, for fragments that take its place. */
  rowId?: (row: Row) => string
}

const classOf = <Row,>({ isNumber, isWide }: Column<Row>): string | undefined =>
  isNumber ? 'number' : isWide ? 'wide' : undefined

/** One row, also as the fragment of an action upon it. */
export const TableRow = <Row,>({
  columns,
  row,
  id,
}: {
  columns: readonly Column<Row>[]
  row: Row
  id?: string | undefined
}) => (
  <tr id={id}>
    {columns.map((column) => (
      <td class={classOf(column)}>{column.cell(row)}</td>
    ))}
  </tr>
)

export const Table = <Row,>({ caption, columns, rows, empty, rowId }: TableProps<Row>) =>
  rows.length === 0 ? (
    <p class="empty">{empty}</p>
  ) : (
    <section class="scrolls" aria-label={caption} tabindex={0}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <TableRow columns={columns} row={row} id={rowId?.(row)} />
          ))}
        </tbody>
      </table>
    </section>
  )

/** To the next page of a list that is read by keys: `before` is the last row's. */
export const NextPage = ({ href, label = 'Older' }: { href: string | null; label?: string }) =>
  href === null ? null : (
    <p class="pager">
      <a href={href} rel="next">
        {label} →
      </a>
    </p>
  )
