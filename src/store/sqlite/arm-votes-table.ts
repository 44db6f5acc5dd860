// Votes on the decisions of two arms, for the canary's test. Without implicit votes, which are noisier, and imported labels, which say
// nothing about the given answer.
import { and, asc, eq, gte, inArray, isNotNull } from 'drizzle-orm'
import type { ArmVote } from '../../core/records/arm-records.ts'
import type { ArmVoteQuery } from '../store.ts'
import type { Db } from './db.ts'
import { decisions, feedback } from './schema/decisions.ts'

const SAID = ['explicit', 'review'] as const

/** At most `limit`, in the order of their time. */
export const readArmVotes = (
  db: Db,
  { decidedSinceMs, votedSinceMs, limit }: ArmVoteQuery,
): ArmVote[] =>
  db
    .select({
      decisionId: feedback.decisionId,
      sessionId: decisions.sessionId,
      arm: decisions.arm,
      generation: decisions.indexGeneration,
      verdict: feedback.verdict,
      atMs: feedback.createdAtMs,
    })
    .from(feedback)
    .innerJoin(decisions, eq(decisions.id, feedback.decisionId))
    .where(
      and(
        gte(feedback.createdAtMs, votedSinceMs),
        gte(decisions.createdAtMs, decidedSinceMs),
        inArray(feedback.source, [...SAID]),
        isNotNull(decisions.arm),
        isNotNull(decisions.indexGeneration),
      ),
    )
    .orderBy(asc(feedback.createdAtMs), asc(feedback.id))
    .limit(limit)
    .all()
    .flatMap(({ arm, generation, verdict, ...vote }) =>
      arm === null || generation === null
        ? []
        : [{ ...vote, arm, generation, isBad: verdict === 'bad' }],
    )
