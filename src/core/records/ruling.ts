// A ruling of a reviewer on a candidate, an exemplar, a decision or a proposed route.

/** What a person has ruled about something that is computed anew at each rebuild. The latest ruling on a subject holds. */
export interface Ruling {
  /** uuid v7. */
  id: string
  /** `candidate` and `exemplar` by exemplar id, `decision` by decision id, `new_route` by the cluster's id. */
  subject: 'candidate' | 'exemplar' | 'decision' | 'new_route'
  subjectId: string
  action: 'accept' | 'relabel' | 'reject' | 'quarantine' | 'release'
  /** Of `relabel`, and of an accepted new route. */
  route: string | null
  author: string
  note: string | null
  createdAtMs: number
}
