// Exemplars that go to another route: their lines are appended to its file, and taken out of their own. Each is moved or refused
// by itself, with the reason; a file is written once, however many of its lines move.
import { groupBy } from '../../core/group-by.ts'
import type { Exemplar } from '../../core/types.ts'
import { RouterError, toRouterError } from '../../errors.ts'
import { appendLines, refuseInstalled } from './append-exemplars.ts'
import { exemplarId, textKey } from './exemplar-line.ts'
import { type LocatedExemplar, loadExemplars } from './exemplars.ts'
import {
  type ExemplarLine,
  exemplarOf,
  type LineFields,
  readLines,
  removeLines,
} from './line-edits.ts'
import { checkRoute } from './new-exemplar.ts'

export interface MovedExemplar {
  exemplar: Exemplar
  to: Exemplar
}

export interface RefusedMove {
  line: ExemplarLine
  error: RouterError
}

export interface Moves {
  moved: MovedExemplar[]
  refused: RefusedMove[]
}

export interface MoveOptions {
  dir: string
  routes: () => readonly string[]
}

interface Move extends MovedExemplar {
  line: ExemplarLine
  /** Of the file that it goes to, with its newline. */
  written: string
}

const isThere = (route: string): RouterError =>
  new RouterError('invalid_request', `It is an exemplar of ${route} already.`)

const toMove = (line: ExemplarLine, fields: LineFields, route: string): Move => {
  const exemplar = exemplarOf(fields, line)
  const id = fields.id ?? exemplarId({ text: fields.text, route })
  const written = `${JSON.stringify({ ...fields, route })}\n`
  return { line, exemplar, to: { ...exemplar, route, id }, written }
}

/** What the files say of the lines of one route. */
const readRoute = async (
  dir: string,
  lines: readonly ExemplarLine[],
  route: string,
): Promise<{ moves: Move[]; refused: RefusedMove[] }> => {
  if (lines[0]?.route === route) {
    return { moves: [], refused: lines.map((line) => ({ line, error: isThere(route) })) }
  }
  try {
    const { texts, missing } = await readLines(dir, lines)
    const moves = [...texts].map(([line, json]) =>
      toMove(line, JSON.parse(json) as LineFields, route),
    )
    return { moves, refused: missing }
  } catch (error) {
    return { moves: [], refused: lines.map((line) => ({ line, error: toRouterError(error) })) }
  }
}

/** No route has a text twice, whatever its case and white space. */
const refuseTwins = (moves: readonly Move[], ofRoute: readonly LocatedExemplar[]) => {
  const known = new Map(ofRoute.map(({ text, location }) => [textKey(text), location]))
  const free: Move[] = []
  const refused: RefusedMove[] = []
  for (const move of moves) {
    const key = textKey(move.exemplar.text)
    const twin = known.get(key)
    if (twin === undefined) {
      known.set(key, `Another of these (${move.exemplar.route})`)
      free.push(move)
    } else {
      const error = new RouterError('invalid_exemplar', `${twin} has the same text already.`)
      refused.push({ line: move.line, error })
    }
  }
  return { free, refused }
}

/** Takes the lines of one route out of its file; where that fails, out of the other file again. */
const takeOut = async (dir: string, moves: readonly Move[]): Promise<RefusedMove[]> => {
  try {
    await removeLines(
      dir,
      moves.map(({ line }) => line),
    )
    return []
  } catch (error) {
    await removeLines(
      dir,
      moves.map(({ to }) => to),
    )
    return moves.map(({ line }) => ({ line, error: toRouterError(error) }))
  }
}

/**
 * Written to the one file before they are taken from the others: a crash between leaves them in both, which a build names.
 * @throws RouterError `route_not_found`, `invalid_config`, or what is wrong with the files as a whole
 */
export const moveExemplars = async (
  { dir, routes }: MoveOptions,
  lines: readonly ExemplarLine[],
  route: string,
): Promise<Moves> => {
  checkRoute(route, routes())
  refuseInstalled(dir)
  const ofRoutes = groupBy(lines, (line) => line.route).values()
  const read = await Promise.all([...ofRoutes].map((group) => readRoute(dir, group, route)))
  const moves = read.flatMap((one) => one.moves)
  const refused = read.flatMap((one) => one.refused)
  if (moves.length === 0) return { moved: [], refused }
  const filed = await loadExemplars(dir, routes())
  const ofRoute = filed.filter((one) => one.route === route)
  const { free, refused: twins } = refuseTwins(moves, ofRoute)
  refused.push(...twins)
  if (free.length === 0) return { moved: [], refused }
  await appendLines(dir, new Map([[route, free.map(({ written }) => written).join('')]]))
  for (const from of new Set(free.map(({ line }) => line.route))) {
    const leaving = free.filter(({ line }) => line.route === from)
    refused.push(...(await takeOut(dir, leaving)))
  }
  const stayed = new Set(refused.map(({ line }) => line))
  const moved = free.filter(({ line }) => !stayed.has(line))
  return { moved: moved.map(({ exemplar, to }) => ({ exemplar, to })), refused }
}
