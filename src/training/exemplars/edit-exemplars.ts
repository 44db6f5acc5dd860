// The training data as a running server edits it: one exemplar added, moved to another route, or removed, one edit at a time. All
// count from the next build on; what was edited since the serving one is noted, so that pages can say so.
import type { Exemplar } from '../../core/types.ts'
import { createInTurn } from '../../jobs/in-turn.ts'
import { appendExemplars, refuseInstalled } from './append-exemplars.ts'
import { type AdditionCheck, checkAddition } from './check-addition.ts'
import { type EditJournal, type ExemplarEdit, netEdits } from './edit-journal.ts'
import { textKey } from './exemplar-line.ts'
import { loadExemplars } from './exemplars.ts'
import {
  type ExemplarLine,
  exemplarOf,
  type LineFields,
  readLine,
  removeLine,
} from './line-edits.ts'
import { type MovedExemplar, type Moves, moveExemplars } from './move-exemplars.ts'
import { checkRoute, newExemplar, refuseObjection } from './new-exemplar.ts'

export interface NewExemplar {
  text: string
  route: string
  /** Also where it is nearly a duplicate, or near another route's. */
  force: boolean
}

export interface ExemplarEdits {
  /** @throws RouterError `invalid_exemplar`, `route_not_found`, `encoder_*`, `invalid_config` where the data came with npm */
  add(exemplar: NewExemplar): Promise<Exemplar>
  /** @throws RouterError as `add`, and `not_found` */
  move(line: ExemplarLine, to: string): Promise<Exemplar>
  /** Each is moved, or refused with the reason. @throws RouterError `route_not_found`, `invalid_exemplar`, `invalid_config` */
  moveAll(lines: readonly ExemplarLine[], to: string): Promise<Moves>
  /** @throws RouterError `not_found` */
  remove(line: ExemplarLine): Promise<Exemplar>
  /** Since the serving generation was built, the newest first. */
  edits(): readonly ExemplarEdit[]
}

/** What nearness is looked for in: the generation that serves. */
export interface EmbeddedExemplars {
  exemplars: readonly Exemplar[]
  /** Whole rows. */
  vectors: Float32Array
  searchDimensions: number
  builtAtMs: number
}

export interface ExemplarEditsOptions {
  dir: string
  routes: () => readonly string[]
  /** Null where none serves: then texts alone are compared. */
  live: () => EmbeddedExemplars | null
  /** Whole row of a text. @throws RouterError `encoder_*` */
  embed: (text: string) => Promise<Float32Array>
  journal: EditJournal
  /** Epoch milliseconds. */
  now: () => number
}

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

export const createExemplarEdits = (options: ExemplarEditsOptions): ExemplarEdits => {
  const inTurn = createInTurn()
  const { journal, now, live } = options
  const edits = (): readonly ExemplarEdit[] => {
    const builtAtMs = live()?.builtAtMs ?? 0
    return netEdits(journal.edits.filter(({ atMs }) => atMs > builtAtMs))
  }
  const moveAll: ExemplarEdits['moveAll'] = (lines, route) =>
    inTurn(async () => {
      const known = edits()
      const standing = lines.map((line) => followed(line, known))
      const moves = await moveExemplars(options, standing, route)
      const atMs = now()
      await journal.append(
        moves.moved.map(({ exemplar, to }) => ({ kind: 'moved', exemplar, to, atMs })),
      )
      return moves
    })
  return {
    edits,
    add: (wish) =>
      inTurn(async () => {
        const exemplar = await add(options, wish)
        await journal.append([{ kind: 'added', exemplar, atMs: now() }])
        return exemplar
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
        await journal.append([{ kind: 'removed', exemplar, atMs: now() }])
        return exemplar
      }),
  }
}
