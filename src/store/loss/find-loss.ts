// Whether the database that was opened is the one that the data folder belongs to. Pure: it compares what the database
// says of itself with what the marker beside it, the keys' stamp and the index generations remember.

/** What a database says of itself. */
export interface StoreFacts {
  /** Made with the database and kept for good; a restored backup has the same. */
  storeId: string
  /** Neither decisions, votes, keys nor configurations: no server ever ran on it. */
  isBlank: boolean
  /** Keys ever made: they are never deleted. */
  keys: number
  hasVotes: boolean
  hasDecisions: boolean
  /** Name of the damaged file that this database stands in for, the newest; null where it replaces none. */
  replaces: string | null
}

/** What was last seen of the database, kept in a file beside it. */
export type Marker = Pick<StoreFacts, 'storeId' | 'keys' | 'hasVotes' | 'hasDecisions'>

/** What else in the data folder remembers a database; folders of before there were markers have only these. */
export interface Traces {
  /** The keys' stamp exists, which is written whenever a key is made or revoked. */
  keysWereMade: boolean
  /** Index generations that hold exemplars made of votes. */
  votedGenerations: number
}

export interface Loss {
  kind: 'damaged' | 'missing' | 'replaced' | 'incomplete' | 'removed'
  /** One sentence for operators; names no content. */
  message: string
  /** Whether keys were in use before: then nobody may come in without one. */
  hadKeys: boolean
  /** The database that is lost; null where none was noted. */
  storeId: string | null
}

export interface LossEvidence {
  facts: StoreFacts
  /** Null in a folder where none was written yet. */
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

/** Null where nothing that the folder remembers is missing from the database. */
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
