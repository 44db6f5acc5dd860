// The tool calls of one streamed choice, as OpenAI tells them: id and name once and first, then the arguments, under an
// index of their own. Servers let the name or the id come late, repeat them, give a new id with every piece, number every
// call 0 or not at all, and send arguments as an object.
import { isObject, type JsonObject, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import { createObjectWatch } from './object-watch.ts'

export interface StreamCalls {
  /** Pieces as a provider sent them → pieces as OpenAI would; the same list where nothing was to be changed. */
  add(pieces: readonly unknown[]): readonly unknown[]
  /** What the end of the choice owes: calls that were held for their id, `{}` for those without arguments. */
  end(): JsonObject[]
  /** A call was never named. */
  readonly hasNameless: boolean
}

interface Call {
  index: number
  id: string
  name: string
  isTold: boolean
  /** Arguments that wait for the name or the id. */
  held: string
  watch: ReturnType<typeof createObjectWatch>
}

interface Piece {
  key: number | null
  id: string
  name: string
  text: string
  /** Fields of the provider's own. */
  rest: JsonObject
}

/** The text of arguments in any form. */
export const argumentsText = (value: unknown): string => {
  if (typeof value === 'string') return value
  return isObject(value) || Array.isArray(value) ? writeJson(value) : ''
}

const readPiece = (given: JsonObject): Piece => {
  const { index, id, type: _, function: fn, ...rest } = given
  const { name, arguments: written } = isObject(fn) ? fn : {}
  const key = typeof index === 'number' ? index : null
  return { key, id: textOf(id), name: textOf(name), text: argumentsText(written), rest }
}

/** Whether a piece that is not of a known id goes on with `latest`. */
const goesOn = (latest: Call, { id, name, text }: Piece): boolean => {
  if (name === '') return true
  const { isWhole, isBlank } = latest.watch
  const isSame = name === latest.name || latest.name === ''
  if (isBlank) return isSame
  const isOther = id !== '' && latest.id !== '' && id !== latest.id
  return !isWhole || (!isOther && isSame && text.trim() === '')
}

const isAsTold = (given: JsonObject, told: JsonObject): boolean => {
  const [fn, ours] = [given.function, told.function]
  if (!isObject(fn) || !isObject(ours) || given.index !== told.index) return false
  const isSameText = fn.arguments === ours.arguments || (!ours.arguments && !fn.arguments)
  return isSameText && (given.id ?? undefined) === told.id && (fn.name ?? undefined) === ours.name
}

export interface StreamCallsOptions {
  /** An id for the n-th call, where the provider gives none. */
  newId: (n: number) => string
  /** The caller's names of tools by those that the provider was given, where they differ. */
  toolNames?: ReadonlyMap<string, string> | undefined
}

export const createStreamCalls = ({ newId, toolNames }: StreamCallsOptions): StreamCalls => {
  const calls: Call[] = []
  const byId = new Map<string, Call>()
  const byKey = new Map<number | null, Call>()
  const taken = new Set<number>()
  let next = 0

  const open = (key: number | null): Call => {
    while (taken.has(next)) next += 1
    const index = key !== null && !taken.has(key) ? key : next
    taken.add(index)
    const call = { index, id: '', name: '', isTold: false, held: '', watch: createObjectWatch() }
    calls.push(call)
    return call
  }
  const callOf = (piece: Piece): Call => {
    const known = piece.id === '' ? undefined : byId.get(piece.id)
    const latest = known ?? byKey.get(piece.key) ?? (piece.key === null ? calls.at(-1) : undefined)
    const call = latest && (known || goesOn(latest, piece)) ? latest : open(piece.key)
    byKey.set(piece.key, call)
    if (call.id === '' && !call.isTold) call.id = piece.id
    if (piece.id !== '') byId.set(piece.id, call)
    return call
  }
  const tell = (call: Call, rest: JsonObject = {}): JsonObject => {
    call.isTold = true
    call.id ||= newId(calls.indexOf(call))
    const { index, id, held } = call
    const name = toolNames?.get(call.name) ?? call.name
    call.held = ''
    return { index, id, type: 'function', function: { name, arguments: held }, ...rest }
  }
  const addPiece = (given: unknown): unknown[] => {
    if (!isObject(given)) return []
    const piece = readPiece(given)
    const call = callOf(piece)
    call.watch.add(piece.text)
    call.name ||= piece.name
    call.held += piece.text
    if (!call.isTold) {
      const canTell = call.name !== '' && (call.id !== '' || call.held.trim() !== '')
      if (!canTell) return []
      const told = tell(call, piece.rest)
      return [isAsTold(given, told) && given.type === 'function' ? given : told]
    }
    const { index, held } = call
    call.held = ''
    const told = { index, ...piece.rest, function: { arguments: held } }
    return isAsTold(given, told) ? [given] : held === '' ? [] : [told]
  }
  return {
    add: (pieces) => {
      const told = pieces.flatMap(addPiece)
      return told.length === pieces.length && told.every((one, i) => one === pieces[i])
        ? pieces
        : told
    },
    end: () =>
      calls
        .filter(({ name }) => name !== '')
        .flatMap((call) => {
          const isLate = !call.isTold
          if (call.watch.isBlank) call.held = '{}'
          if (!isLate && !call.watch.isBlank) return []
          call.watch.add(call.held)
          if (isLate) return [tell(call)]
          return [{ index: call.index, function: { arguments: '{}' } }]
        }),
    get hasNameless() {
      return calls.some(({ name }) => name === '')
    },
  }
}
