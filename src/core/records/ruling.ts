// A reviewer's ruling on a candidate, an exemplar, a decision or a proposed route.
/** A ruling is stored and applied at each rebuild. The latest ruling on a subject counts. */
export interface Ruling {
  /** uuid v7. */
  id: string
  /** `candidate` and `exemplar` by exemplar id, `decision` by decision id, `new_route` by the cluster's id. */
  subject: 'candidate' | 'exemplar' | 'decision' | 'new_route'
  subjectId: string
  action: 'accept' | 'relabel' | 'reject' | 'quarantine' | 'release'
  /** Set for `relabel` and for an accepted new route. */
  route: string | null
  author: string
  note: string | null
  createdAtMs: number
}
