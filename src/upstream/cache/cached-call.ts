// The answer cache in front of the upstream call. Off unless the route enables it; refusals, failed and incomplete answers are never
// stored, nor answers by another model than the decision's.
import type { Config } from '../../config/config-schema.ts'
import { concatBytes } from '../../dialects/byte-queue.ts'
import type { CacheNote, CallRequest, CallResult, CallUpstream } from '../call/call.ts'
import type { UpstreamReply } from '../upstream.ts'
import { type AnswerCache, createAnswerCache, type KeptAnswer } from './answer-cache.ts'
import { keptJson, keptStream } from './kept-answer.ts'
import { type Lookup, type LookupOptions, lookupOf } from './lookup.ts'
import { recordStream } from './record-stream.ts'
import { replayAnswer } from './replay-answer.ts'

export interface CachedCall {
  /** The wrapped call; results have the cache's part in `cache`. */
  call: CallUpstream
  stats(): { entries: number; bytes: number }
}

export interface CachedCallOptions extends LookupOptions {
  config: Pick<Config, 'cache' | 'routes'>
  /** Milliseconds. */
  now: () => number
  onCache?: (status: CacheNote['status'], route: string) => void
}

interface Found {
  answer: KeptAnswer
  kind: 'exact' | 'semantic'
}

const find = (cache: AnswerCache, { key, similarityKey, control, route }: Lookup): Found | null => {
  const { maxAgeMs } = control
  const exact = cache.get(key, maxAgeMs)
  if (exact) return { answer: exact, kind: 'exact' }
  const near =
    similarityKey && cache.getNear({ similarityKey, similarity: route.similarity, maxAgeMs })
  return near && { answer: near, kind: 'semantic' }
}

const choicesOf = ({ body: { n } }: CallRequest): number =>
  typeof n === 'number' && n > 1 ? Math.floor(n) : 1

/** The reply, recorded so that its answer can be stored once it is complete; unchanged where it may not be stored. */
const recordedReply = (
  reply: UpstreamReply,
  request: CallRequest,
  context: { cache: AnswerCache; lookup: Lookup; options: CachedCallOptions },
): UpstreamReply => {
  const { cache, lookup, options } = context
  const { key, similarityKey, dialect, route } = lookup
  const price = options.targets[request.decision.model]?.price
  if (!price || reply.status !== 200 || (reply.dialect ?? 'openai') !== dialect) return reply
  const keep = { dialect, choices: choicesOf(request), price }
  const put = (answer: KeptAnswer | null): void => {
    if (answer) cache.put({ key, answer, similarityKey, ttlMs: route.ttl_ms })
  }
  if (reply.kind === 'json') {
    put(keptJson(reply.body, { ...keep, usage: reply.usage }))
    return reply
  }
  const { stream, recorded } = recordStream(reply.stream, options.config.cache.max_entry_bytes)
  void Promise.all([recorded, reply.end]).then(([parts, { outcome, usage }]) => {
    if (parts && outcome === 'served') put(keptStream(concatBytes(parts), { ...keep, usage }))
  })
  return { ...reply, stream }
}

type ResultWithNote = CallResult & { cache: CacheNote }

const withNote = (result: CallResult, cache: CacheNote): ResultWithNote =>
  Object.assign({}, result, { cache })

export const createCachedCall = (
  callUpstream: CallUpstream,
  options: CachedCallOptions,
): CachedCall => {
  const { max_entries, max_bytes, max_entry_bytes } = options.config.cache
  const cache = createAnswerCache({
    maxEntries: max_entries,
    maxBytes: max_bytes,
    maxEntryBytes: max_entry_bytes,
    now: options.now,
  })
  let configVersion: string | undefined

  const ask = async (request: CallRequest, lookup: Lookup): Promise<ResultWithNote> => {
    const { mayRead } = lookup.control
    const found = mayRead ? find(cache, lookup) : null
    if (found) {
      const reply = replayAnswer(found.answer, request)
      return { kind: 'reply', reply, attempts: [], cache: { status: 'hit', kind: found.kind } }
    }
    const result = withNote(await callUpstream(request), { status: statusOfMiss(mayRead) })
    const isOwn = result.attempts.at(-1)?.model === request.decision.model
    if (result.kind === 'error' || !isOwn) return result
    return { ...result, reply: recordedReply(result.reply, request, { cache, lookup, options }) }
  }

  return {
    call: async (request) => {
      if (request.decision.configVersion !== configVersion) cache.clear()
      configVersion = request.decision.configVersion
      const lookup = lookupOf(request, options)
      const result: ResultWithNote = lookup
        ? await ask(request, lookup)
        : withNote(await callUpstream(request), { status: 'bypass' })
      options.onCache?.(result.cache.status, request.decision.route)
      return result
    },
    stats: cache.stats,
  }
}

const statusOfMiss = (wasAsked: boolean): CacheNote['status'] => (wasAsked ? 'miss' : 'bypass')
