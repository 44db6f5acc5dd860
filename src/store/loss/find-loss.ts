// Detects a lost or replaced database. Pure: compares facts of the opened database with the marker beside it, the stamp of the keys and
// the index generations.
/** Facts of the opened database. */
export interface StoreFacts {
  /** Created with the database and never changed; a restored backup has the same. */
  storeId: string
  /** It has no decisions, votes, keys or configurations: no server ever ran on it. */
  isBlank: boolean
  /** Number of keys, which are never deleted. */
  keys: number
  hasVotes: boolean
  hasDecisions: boolean
  /** Name of the damaged file that this database replaced, the newest; null where there is none. */
  replaces: string | null
}

/** Facts of the database when it was last seen, stored in a file beside it. */
export type Marker = Pick<StoreFacts, 'storeId' | 'keys' | 'hasVotes' | 'hasDecisions'>

/** Other traces of a database in the data folder; older folders have only these. */
export interface Traces {
  /** The stamp of the keys exists, which is written whenever a key is created or revoked. */
  keysWereMade: boolean
  /** Number of index generations with exemplars from votes. */
  votedGenerations: number
}

export interface Loss {
  kind: 'damaged' | 'missing' | 'replaced' | 'incomplete' | 'removed'
  /** One sentence for operators; names no content. */
  message: string
  /** Whether keys were in use before: requests without a key are then refused. */
  hadKeys: boolean
  /** Id of the lost database; null where it is not known. */
  storeId: string | null
}

export interface LossEvidence {
  facts: StoreFacts
  /** Null where none was written yet. */
  marker: Marker | null
  traces: Traces
}

const contentOf = ({ keys, hasVotes, hasDecisions }: Marker): string[] => [
  ...(keys > 0 ? [`${keys} keys`] : []),
  ...(hasVotes ? ['votes'] : []),
  ...(hasDecisions ? ['decisions'] : []),
]

const tracesOf = ({ keysWereMade, votedGenerations }: Traces): string[] => [
  ...(keysWereMade ? ['keys'] : []),
  ...(votedGenerations > 0
    ? [`the votes that ${votedGenerations} index generations were built with`]
    : []),
]

const missing = (held: string[]) => ({
  kind: 'missing' as const,
  message: `The database is gone and an empty one is in use; it held ${held.join(', ')}.`,
})

const compareWithMarker = (
  facts: StoreFacts,
  marker: Marker,
): Pick<Loss, 'kind' | 'message'> | null => {
  if (marker.storeId === facts.storeId) {
    if (facts.keys >= marker.keys) return null
    const message = `${marker.keys - facts.keys} of ${marker.keys} keys are missing: the database is older than it was when last seen.`
    return { kind: 'incomplete', message }
  }
  const held = contentOf(marker)
  if (held.length === 0) return null
  if (facts.isBlank) return missing(held)
  const message = `Another database than before is in use; the one before held ${held.join(', ')}.`
  return { kind: 'replaced', message }
}

const findKind = ({
  facts,
  marker,
  traces,
}: LossEvidence): Pick<Loss, 'kind' | 'message'> | null => {
  const isKnown = marker?.storeId === facts.storeId
  if (facts.replaces !== null && !isKnown) {
    const message = `The database was damaged: it is kept as ${facts.replaces}, and an empty one is in use.`
    return { kind: 'damaged', message }
  }
  const differing = marker && compareWithMarker(facts, marker)
  if (differing || isKnown) return differing
  const keysAreGone = traces.keysWereMade && facts.keys === 0
  const votesAreGone = facts.isBlank && traces.votedGenerations > 0
  return keysAreGone || votesAreGone ? missing(tracesOf(traces)) : null
}

/** Null where nothing is missing. */
export const findLoss = (evidence: LossEvidence): Loss | null => {
  const found = findKind(evidence)
  if (!found) return null
  const { marker, traces } = evidence
  return {
    ...found,
    hadKeys: traces.keysWereMade || (marker?.keys ?? 0) > 0,
    storeId: marker?.storeId ?? null,
  }
}
