// The tool calls of one streamed choice, as OpenAI sends them: id and name once and first, then the arguments, under an
// index of their own. Servers send the name or the id late, or repeat them, and send arguments as an object; which call a
// piece belongs to is found in call-list.ts.
import { isObject, type JsonObject, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import { type Call, createCallList, type Piece } from './call-list.ts'

export interface StreamCalls {
  /** Pieces as a provider sent them → pieces as OpenAI would; the same list where nothing was to be changed. */
  add(pieces: readonly unknown[]): readonly unknown[]
  /** Pieces that are still due when the choice ends: calls that were held for their id, `{}` for those without arguments. */
  end(): JsonObject[]
  /** A call was never named. */
  readonly hasNameless: boolean
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

/** A call with its id and name, and the arguments so far. */
const tellCall = (call: Call, name: string, rest: JsonObject = {}): JsonObject => {
  const { index, id, held } = call
  call.isTold = true
  call.held = ''
  return { index, id, type: 'function', function: { name, arguments: held }, ...rest }
}

const tellArguments = (call: Call, given: JsonObject, rest: JsonObject): JsonObject[] => {
  const { index, held } = call
  call.held = ''
  const told = { index, ...rest, function: { arguments: held } }
  if (isAsTold(given, told)) return [given]
  return held === '' ? [] : [told]
}

const canTell = ({ id, name, held }: Call): boolean =>
  name !== '' && (id !== '' || held.trim() !== '')

export const createStreamCalls = ({ newId, toolNames }: StreamCallsOptions): StreamCalls => {
  const list = createCallList()

  const tell = (call: Call, rest?: JsonObject): JsonObject => {
    call.id ||= newId(list.calls.indexOf(call))
    return tellCall(call, toolNames?.get(call.name) ?? call.name, rest)
  }
  const addPiece = (given: unknown): unknown[] => {
    if (!isObject(given)) return []
    if (isObject(given.custom)) return [given] // a custom tool's call: text, and no arguments
    const piece = readPiece(given)
    const call = list.of(piece)
    call.watch.add(piece.text)
    call.name ||= piece.name
    call.held += piece.text
    if (call.isTold) return tellArguments(call, given, piece.rest)
    if (!canTell(call)) return []
    const told = tell(call, piece.rest)
    return [isAsTold(given, told) && given.type === 'function' ? given : told]
  }
  const endCall = (call: Call): JsonObject[] => {
    const { isTold, watch } = call
    if (isTold && !watch.isBlank) return []
    if (watch.isBlank) call.held = '{}'
    watch.add(call.held)
    return [isTold ? { index: call.index, function: { arguments: '{}' } } : tell(call)]
  }
  return {
    add: (pieces) => {
      const told = pieces.flatMap(addPiece)
      const isSame = told.length === pieces.length && told.every((one, i) => one === pieces[i])
      return isSame ? pieces : told
    },
    end: () => list.calls.filter(({ name }) => name !== '').flatMap(endCall),
    get hasNameless() {
      return list.calls.some(({ name }) => name === '')
    },
  }
}
