// The tool calls of one streamed choice, as OpenAI sends them: id and name once and first, then the arguments, under an
// index of their own. Servers send the name or the id late, in pieces, or repeat them, and send arguments as an object;
// which call a piece belongs to is found in call-list.ts.
import { isObject, type JsonObject, textOf } from '../json.ts'
import { argumentsText, wholeArguments } from './call-arguments.ts'
import { type Call, createCallList, type Piece } from './call-list.ts'
import { type CallNames, createCallNames } from './call-names.ts'

export interface StreamCalls {
  /** Pieces as a provider sent them → pieces as OpenAI would; the same list where nothing had to change. */
  add(pieces: readonly unknown[]): readonly unknown[]
  /** Pieces that are still due when the choice ends: names and arguments that were held, `{}` for calls without any. */
  end(): JsonObject[]
  /** A call was never named. */
  readonly hasNameless: boolean
  readonly hasCalls: boolean
}

const readPiece = (received: JsonObject): Piece => {
  const { index, id, type: _, function: fn, ...rest } = received
  const { name, arguments: written } = isObject(fn) ? fn : {}
  const key = typeof index === 'number' ? index : null
  return { key, id: textOf(id), name: textOf(name), text: argumentsText(written), rest }
}

const isSamePiece = (received: JsonObject, normalised: JsonObject): boolean => {
  const [fn, ours] = [received.function, normalised.function]
  if (!isObject(fn) || !isObject(ours) || received.index !== normalised.index) return false
  const isSameText = fn.arguments === ours.arguments || (!ours.arguments && !fn.arguments)
  return (
    isSameText &&
    (received.id ?? undefined) === normalised.id &&
    (fn.name ?? undefined) === ours.name
  )
}

export interface StreamCallsOptions {
  /** An id for the n-th call, where the provider gives none. */
  newId: (n: number) => string
  /** The caller's tool names by those sent to the provider, where they differ. */
  toolNames?: ReadonlyMap<string, string> | undefined
  /** Names of all tools as they were sent to the provider. */
  offered?: ReadonlySet<string> | undefined
}

/** The arguments that may be sent: none while they do not begin as an object does, and so may have to be rewritten. */
const release = (call: Call): string => {
  if (!call.watch.isBlank && call.watch.first !== '{') return ''
  const { held } = call
  call.held = ''
  return held
}

/** A call with its id and name, and the arguments so far. */
const firstPiece = (call: Call, name: string, rest: JsonObject = {}): JsonObject => {
  const { index, id } = call
  call.isStarted = true
  return { index, id, type: 'function', function: { name, arguments: release(call) }, ...rest }
}

const argumentPieces = (call: Call, received: JsonObject, rest: JsonObject): JsonObject[] => {
  const { index } = call
  const text = release(call)
  const normalised = { index, ...rest, function: { arguments: text } }
  if (isSamePiece(received, normalised)) return [received]
  return text === '' ? [] : [normalised]
}

/** Adds a piece's name and arguments to its call. */
const takePiece = (call: Call, piece: Piece, names: CallNames): void => {
  if (!call.isStarted && call.watch.isBlank) call.name = names.join(call.name, piece.name)
  call.name ||= piece.name
  call.watch.add(piece.text)
  call.held += piece.text
}

/** Whether id and name may be sent: a name may grow until the arguments begin. */
const canStart = ({ id, name, held }: Call, names: CallNames): boolean => {
  if (name === '') return false
  return held.trim() !== '' || (id !== '' && names.isWhole(name))
}

/** The pieces of a call that are still due at its end. */
const endCall = (call: Call, start: (call: Call) => JsonObject): JsonObject[] => {
  const { isStarted, isEnded, watch } = call
  if (isEnded) return []
  call.isEnded = true
  const text = watch.first === '{' ? call.held : wholeArguments(call.held)
  call.held = ''
  if (!isStarted) {
    const first = start(call)
    return [{ ...first, function: { ...(first.function as JsonObject), arguments: text } }]
  }
  return text === '' ? [] : [{ index: call.index, function: { arguments: text } }]
}

export const createStreamCalls = (options: StreamCallsOptions): StreamCalls => {
  const { newId, toolNames, offered = new Set() } = options
  const names = createCallNames(offered)
  const list = createCallList(names)
  let isEmpty = true

  const start = (call: Call, rest?: JsonObject): JsonObject => {
    call.id ||= newId(list.calls.indexOf(call))
    return firstPiece(call, toolNames?.get(call.name) ?? call.name, rest)
  }
  const addPiece = (received: unknown): unknown[] => {
    if (!isObject(received)) return []
    isEmpty = false
    if (isObject(received.custom)) return [received] // a custom tool's call: text, and no arguments
    const piece = readPiece(received)
    const call = list.of(piece)
    takePiece(call, piece, names)
    if (call.isStarted) return argumentPieces(call, received, piece.rest)
    if (!canStart(call, names)) return []
    const normalised = start(call, piece.rest)
    return [
      isSamePiece(received, normalised) && received.type === 'function' ? received : normalised,
    ]
  }
  return {
    add: (pieces) => {
      const normalised = pieces.flatMap(addPiece)
      const isSame =
        normalised.length === pieces.length && normalised.every((piece, i) => piece === pieces[i])
      return isSame ? pieces : normalised
    },
    end: () => list.calls.filter(({ name }) => name !== '').flatMap((call) => endCall(call, start)),
    get hasNameless() {
      return list.calls.some(({ name }) => name === '')
    },
    get hasCalls() {
      return !isEmpty
    },
  }
}
