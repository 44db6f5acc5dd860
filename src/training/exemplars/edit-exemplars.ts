// The training data as a running server edits it: one exemplar added, moved to another route, or removed, one edit at a time. All
// count from the next build on; what was edited since is remembered, so that pages can say so.
import type { Exemplar } from '../../core/types.ts'
import { createInTurn } from '../../jobs/in-turn.ts'
import { appendExemplars, refuseInstalled } from './append-exemplars.ts'
import { type AdditionCheck, checkAddition } from './check-addition.ts'
import { textKey } from './exemplar-line.ts'
import { loadExemplars } from './exemplars.ts'
import { type ExemplarLine, readLine, removeLine } from './line-edits.ts'
import { type MovedExemplar, type Moves, moveExemplars } from './move-exemplars.ts'
import { checkRoute, newExemplar, refuseObjection } from './new-exemplar.ts'

export interface NewExemplar {
  text: string
  route: string
  /** Also where it is nearly a duplicate, or near another route's. */
  force: boolean
}

export type ExemplarEdit =
  | { kind: 'added'; exemplar: Exemplar }
  | { kind: 'removed'; exemplar: Exemplar }
  | { kind: 'moved'; exemplar: Exemplar; to: Exemplar }

export interface ExemplarEdits {
  /** @throws RouterError `invalid_exemplar`, `route_not_found`, `encoder_*`, `invalid_config` where the data came with npm */
  add(exemplar: NewExemplar): Promise<Exemplar>
  /** @throws RouterError as `add`, and `not_found` */
  move(line: ExemplarLine, to: string): Promise<Exemplar>
  /** Each is moved, or refused with the reason. @throws RouterError `route_not_found`, `invalid_exemplar`, `invalid_config` */
  moveAll(lines: readonly ExemplarLine[], to: string): Promise<Moves>
  /** @throws RouterError `not_found` */
  remove(line: ExemplarLine): Promise<Exemplar>
  /** Since the start of the server, the newest first. */
  edits(): readonly ExemplarEdit[]
}

/** What nearness is looked for in: the generation that serves. */
export interface EmbeddedExemplars {
  exemplars: readonly Exemplar[]
  /** Whole rows. */
  vectors: Float32Array
  searchDimensions: number
}

export interface ExemplarEditsOptions {
  dir: string
  routes: () => readonly string[]
  /** Null where none serves: then texts alone are compared. */
  live: () => EmbeddedExemplars | null
  /** Whole row of a text. @throws RouterError `encoder_*` */
  embed: (text: string) => Promise<Float32Array>
}

const MOST_REMEMBERED = 500

type LineFields = Pick<Exemplar, 'text'> & { source?: Exemplar['source']; id?: string }

const exemplarOf = ({ text, source = 'seed' }: LineFields, line: ExemplarLine): Exemplar => ({
  ...{ id: line.id, route: line.route },
  text,
  source,
})

/** The twin of a text in the files, which may have changed since the build. @throws RouterError `invalid_exemplar` */
const twinOf = async ({ dir, routes }: ExemplarEditsOptions, text: string) => {
  const filed = await loadExemplars(dir, routes())
  return filed.find((known) => textKey(known.text) === textKey(text)) ?? null
}

const NOTHING_NEAR: AdditionCheck = { objection: null, nearestSame: null, nearestOther: null }

const check = async (
  options: ExemplarEditsOptions,
  { text, route }: Exemplar,
): Promise<AdditionCheck> => {
  const twin = await twinOf(options, text)
  if (twin) {
    const kind = twin.route === route ? 'duplicate' : 'contradiction'
    return { ...NOTHING_NEAR, objection: { kind, neighbour: { exemplar: twin, similarity: 1 } } }
  }
  const built = options.live()
  if (built === null) return NOTHING_NEAR
  const found = checkAddition({ text, route, vector: await options.embed(text), ...built })
  // No file holds the text: what the build knows of it has been removed since.
  const near = found.objection?.neighbour.exemplar.text
  return near !== undefined && textKey(near) === textKey(text) ? NOTHING_NEAR : found
}

const add = async (options: ExemplarEditsOptions, wish: NewExemplar): Promise<Exemplar> => {
  const { text, route, force } = wish
  checkRoute(route, options.routes())
  const exemplar = newExemplar(text, route)
  refuseObjection(await check(options, exemplar), { force, howToForce: 'the box ticked' })
  await appendExemplars(options.dir, [exemplar])
  return exemplar
}

/** Where the line stands now: what was moved since the build is looked for where it went. */
const followed = (line: ExemplarLine, edits: readonly ExemplarEdit[]): ExemplarLine => {
  const edit = edits.find((one) => one.exemplar.id === line.id || nowOf(one).id === line.id)
  return edit?.kind === 'moved' && edit.exemplar.id === line.id ? edit.to : line
}

const nowOf = (edit: ExemplarEdit): Exemplar => (edit.kind === 'moved' ? edit.to : edit.exemplar)

const remove = async ({ dir }: ExemplarEditsOptions, line: ExemplarLine): Promise<Exemplar> => {
  refuseInstalled(dir)
  const exemplar = exemplarOf(JSON.parse(await readLine(dir, line)) as LineFields, line)
  await removeLine(dir, line)
  return exemplar
}

/** What was edited, the newest first. */
const createEditLog = () => {
  const edits: ExemplarEdit[] = []
  const noted = <E extends ExemplarEdit>(edit: E): E => {
    edits.unshift(edit)
    edits.splice(MOST_REMEMBERED)
    return edit
  }
  /** Two moves of one exemplar are one, or none where it went back. */
  const noteMove = ({ exemplar, to }: MovedExemplar): void => {
    const at = edits.findIndex(
      (edit) =>
        edit.kind === 'moved' && edit.to.id === exemplar.id && edit.to.route === exemplar.route,
    )
    const [first] = at === -1 ? [] : edits.splice(at, 1)
    const from = first?.exemplar ?? exemplar
    if (from.route !== to.route) noted({ kind: 'moved', exemplar: from, to })
  }
  return { edits, noted, noteMove }
}

export const createExemplarEdits = (options: ExemplarEditsOptions): ExemplarEdits => {
  const inTurn = createInTurn()
  const { edits, noted, noteMove } = createEditLog()
  const moveAll: ExemplarEdits['moveAll'] = (lines, route) =>
    inTurn(async () => {
      const now = lines.map((line) => followed(line, edits))
      const moves = await moveExemplars(options, now, route)
      for (const move of moves.moved) noteMove(move)
      return moves
    })
  return {
    edits: () => edits,
    add: (wish) =>
      inTurn(async () => {
        const exemplar = await add(options, wish)
        return noted({ kind: 'added', exemplar }).exemplar
      }),
    move: async (line, route) => {
      const { moved, refused } = await moveAll([line], route)
      if (refused[0]) throw refused[0].error
      return (moved[0] as MovedExemplar).to
    },
    moveAll,
    remove: (line) =>
      inTurn(async () => {
        const exemplar = await remove(options, line)
        return noted({ kind: 'removed', exemplar }).exemplar
      }),
  }
}
