// The tool calls of one streamed choice, as OpenAI sends them: id and name once and first, then the arguments, under an
// index of their own. Servers send the name or the id late, in pieces, or repeat them, and send arguments as an object;
// which call a piece belongs to is found in call-list.ts.
import { isObject, type JsonObject, textOf } from '../json.ts'
import { argumentsText, wholeArguments } from './call-arguments.ts'
import { type Call, createCallList, type Piece } from './call-list.ts'
import { type CallNames, createCallNames } from './call-names.ts'

export interface StreamCalls {
  /** Pieces as a provider sent them → pieces as OpenAI would; the same list where nothing was to be changed. */
  add(pieces: readonly unknown[]): readonly unknown[]
  /** Pieces that are still due when the choice ends: names and arguments that were held, `{}` for calls without any. */
  end(): JsonObject[]
  /** A call was never named. */
  readonly hasNameless: boolean
  readonly hasCalls: boolean
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
  /** Names of all tools as the provider was given them. */
  offered?: ReadonlySet<string> | undefined
}

/** The arguments that may be sent on: none while they do not begin as an object does, and so may have to be rewritten. */
const release = (call: Call): string => {
  if (!call.watch.isBlank && call.watch.first !== '{') return ''
  const { held } = call
  call.held = ''
  return held
}

/** A call with its id and name, and the arguments so far. */
const tellCall = (call: Call, name: string, rest: JsonObject = {}): JsonObject => {
  const { index, id } = call
  call.isTold = true
  return { index, id, type: 'function', function: { name, arguments: release(call) }, ...rest }
}

const tellArguments = (call: Call, given: JsonObject, rest: JsonObject): JsonObject[] => {
  const { index } = call
  const text = release(call)
  const told = { index, ...rest, function: { arguments: text } }
  if (isAsTold(given, told)) return [given]
  return text === '' ? [] : [told]
}

/** Adds to a call what a piece brings. */
const takePiece = (call: Call, piece: Piece, names: CallNames): void => {
  if (!call.isTold && call.watch.isBlank) call.name = names.join(call.name, piece.name)
  call.name ||= piece.name
  call.watch.add(piece.text)
  call.held += piece.text
}

/** A name may go on until the arguments begin. */
const canTell = ({ id, name, held }: Call, names: CallNames): boolean => {
  if (name === '') return false
  return held.trim() !== '' || (id !== '' && names.isWhole(name))
}

/** What is still due of a call, at its end. */
const endCall = (call: Call, tell: (call: Call) => JsonObject): JsonObject[] => {
  const { isTold, isEnded, watch } = call
  if (isEnded) return []
  call.isEnded = true
  const text = watch.first === '{' ? call.held : wholeArguments(call.held)
  call.held = ''
  if (!isTold) {
    const told = tell(call)
    return [{ ...told, function: { ...(told.function as JsonObject), arguments: text } }]
  }
  return text === '' ? [] : [{ index: call.index, function: { arguments: text } }]
}

export const createStreamCalls = (options: StreamCallsOptions): StreamCalls => {
  const { newId, toolNames, offered = new Set() } = options
  const names = createCallNames(offered)
  const list = createCallList(names)
  let isEmpty = true

  const tell = (call: Call, rest?: JsonObject): JsonObject => {
    call.id ||= newId(list.calls.indexOf(call))
    return tellCall(call, toolNames?.get(call.name) ?? call.name, rest)
  }
  const addPiece = (given: unknown): unknown[] => {
    if (!isObject(given)) return []
    isEmpty = false
    if (isObject(given.custom)) return [given] // a custom tool's call: text, and no arguments
    const piece = readPiece(given)
    const call = list.of(piece)
    takePiece(call, piece, names)
    if (call.isTold) return tellArguments(call, given, piece.rest)
    if (!canTell(call, names)) return []
    const told = tell(call, piece.rest)
    return [isAsTold(given, told) && given.type === 'function' ? given : told]
  }
  return {
    add: (pieces) => {
      const told = pieces.flatMap(addPiece)
      const isSame = told.length === pieces.length && told.every((one, i) => one === pieces[i])
      return isSame ? pieces : told
    },
    end: () => list.calls.filter(({ name }) => name !== '').flatMap((call) => endCall(call, tell)),
    get hasNameless() {
      return list.calls.some(({ name }) => name === '')
    },
    get hasCalls() {
      return !isEmpty
    },
  }
}
