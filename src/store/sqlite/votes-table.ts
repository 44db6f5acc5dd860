// Votes as they are listed, without their decisions' vectors: for the API, and for imports that must not repeat themselves.
import { and, asc, count, desc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import type { Feedback } from '../../core/records/feedback.ts'
import type { Neighbour } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import type { ForgetQuery, VotePage, VotePageQuery, VoteQuery } from '../store.ts'
import type { Db } from './db.ts'
import { writeFeedback } from './feedback-table.ts'
import { concerns } from './forget-table.ts'
import { decisions, feedback } from './schema/decisions.ts'

const MOST = 1_000

/** Newest first. @throws RouterError `invalid_request` where `limit` isn't an integer of 1 to 1000 */
export const readVotes = (db: Db, query: VoteQuery): Feedback[] => {
  const { limit, before, source, principal, decisionIds } = query
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw new RouterError('invalid_request', `\`limit\` must be an integer from 1 to ${MOST}.`, {
      param: 'limit',
    })
  }
  return db
    .select()
    .from(feedback)
    .where(
      and(
        before === undefined ? undefined : lt(feedback.id, before),
        source === undefined ? undefined : eq(feedback.source, source),
        principal === undefined ? undefined : eq(feedback.principal, principal),
        decisionIds === undefined ? undefined : inArray(feedback.decisionId, decisionIds),
      ),
    )
    .orderBy(desc(feedback.id))
    .limit(limit)
    .all()
}

const rowid = sql<number>`${feedback}.rowid`

/** In the order of `rowid`, which a replaced vote keeps. */
export const readVotesOnNeighbours = (db: Db, { after, limit }: VotePageQuery): VotePage => {
  const rows = db
    .select({
      rowid,
      principal: feedback.principal,
      verdict: feedback.verdict,
      correctRoute: feedback.correctRoute,
      source: feedback.source,
      route: decisions.route,
      reason: decisions.reason,
      neighbours: decisions.neighbours,
    })
    .from(feedback)
    .innerJoin(decisions, eq(decisions.id, feedback.decisionId))
    .where(gt(rowid, after))
    .orderBy(asc(rowid))
    .limit(limit)
    .all()
  return {
    votes: rows.map(({ rowid: _, neighbours, ...vote }) => ({
      ...vote,
      neighbours: JSON.parse(neighbours) as Neighbour[],
    })),
    next: rows.length === limit ? (rows.at(-1)?.rowid ?? null) : null,
  }
}

/** A replaced vote keeps its row and gets an id and a time of its own. */
export const readVotesStamp = (db: Db): string => {
  const stamp = db
    .select({
      votes: count(),
      times: sql<number>`total(${feedback.createdAtMs})`,
      newest: sql<string | null>`max(${feedback.id})`,
    })
    .from(feedback)
    .get()
  return JSON.stringify(stamp)
}

export const countForgettable = (db: Db, query: ForgetQuery): number =>
  db.select({ count: count() }).from(decisions).where(concerns(query)).get()?.count ?? 0

/** Call it in a transaction. @returns for each vote whether its decision is stored, and so the vote */
export const writeVotes = (db: Db, votes: readonly Feedback[]): boolean[] =>
  votes.map((vote) => {
    try {
      writeFeedback(db, vote)
      return true
    } catch (error) {
      if (error instanceof RouterError && error.code === 'decision_not_found') return false
      throw error
    }
  })

export const readRoutesTaken = (db: Db, ids: string[]): { id: string; route: string }[] =>
  db
    .select({ id: decisions.id, route: decisions.route })
    .from(decisions)
    .where(inArray(decisions.id, ids))
    .all()
