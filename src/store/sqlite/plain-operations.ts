// The store's methods that are one statement in the worker: the statement, and what the main thread does around it. The worker's
// protocol, the engine and the store's methods are derived from this table.
import { readAlertEvents, writeAlertEvents } from './alerts-table.ts'
import { readArmVotes } from './arm-votes-table.ts'
import { readFailedAttempts } from './attempts-table.ts'
import {
  readConfigActivations,
  readConfigVersions,
  writeConfigActivation,
  writeConfigVersion,
} from './config-table.ts'
import type { Connection } from './connection.ts'
import type { Db } from './db.ts'
import { searchDecisions } from './decision-search-table.ts'
import { readDecisions } from './decision-table.ts'
import { readFacts } from './facts-table.ts'
import { countNewVotes } from './feedback-table.ts'
import { readForgottenExemplars } from './forget-table.ts'
import { readKeys, readKeyUsage, revokeKey, writeKey, writeKeyUsage } from './keys-table.ts'
import {
  deleteEvaluatedPrompts,
  deleteExpiredEvaluations,
  readEvaluatedPrompts,
  readOutcomeTotals,
  readRouteSpend,
  readServedExamples,
  readServedOutcomes,
  writeEvaluatedPrompts,
} from './outcomes-table.ts'
import { readReferencedGenerations } from './replay-table.ts'
import {
  deleteExpiredResponses,
  deleteResponse,
  readResponse,
  readResponseChain,
  writeResponse,
} from './responses-table.ts'
import { readRulings, writeRuling } from './ruling-table.ts'
import { writeShadowDecisions } from './shadow-table.ts'
import { readUsagePercentiles, readUsageSeries } from './usage-series.ts'
import { deleteExpiredUsage, readUsage, rebuildUsage } from './usage-table.ts'
import { readUsageTimes } from './usage-times.ts'
import {
  countForgettable,
  readRoutesTaken,
  readVotes,
  readVotesOnNeighbours,
  readVotesStamp,
} from './votes-table.ts'

/**
 * Treatment of queued writes before a read. `tries`: they are written; if that fails, the read sees the committed state. `flushes`:
 * they are written; if that fails, the read fails.
 */
export type Before = 'nothing' | 'tries' | 'flushes'

export interface PlainOperation<A, R> {
  before: Before
  /** A write's outcome shows in `stats().lastError`. */
  isWrite: boolean
  run(connection: Connection, argument: A): R
}

type Statement<A, R> = (db: Db, argument: A) => R

const read = <A, R>(
  statement: Statement<A, R>,
  before: Before = 'nothing',
): PlainOperation<A, R> => ({
  before,
  isWrite: false,
  run: ({ db }, argument) => statement(db, argument),
})

/** `durably` where the caller gets an acknowledgement. */
const write = <A, R>(
  statement: Statement<A, R>,
  commit: 'durably' | 'immediately' = 'durably',
): PlainOperation<A, R> => ({
  before: 'nothing',
  isWrite: true,
  run: (connection, argument) => connection[commit](() => statement(connection.db, argument)),
})

export const PLAIN_OPERATIONS = {
  listDecisions: read(readDecisions, 'tries'),
  searchDecisions: read(searchDecisions, 'tries'),
  listRoutesTaken: read(readRoutesTaken, 'flushes'),
  listReferencedGenerations: read(readReferencedGenerations, 'flushes'),
  listVotes: read(readVotes),
  listVotesOnNeighbours: read(readVotesOnNeighbours),
  votesStamp: read(readVotesStamp),
  countNewVotes: read(countNewVotes),
  countForgettable: read(countForgettable, 'flushes'),
  listForgottenExemplars: read(readForgottenExemplars),
  addRuling: write(writeRuling),
  listRulings: read(readRulings),
  addShadowDecisions: write(writeShadowDecisions, 'immediately'),
  listArmVotes: read(readArmVotes),
  saveConfigVersion: write(writeConfigVersion),
  addConfigActivation: write(writeConfigActivation),
  listConfigVersions: read(readConfigVersions),
  listConfigActivations: read(readConfigActivations),
  addAlertEvents: write(writeAlertEvents),
  listAlertEvents: read(readAlertEvents),
  createKey: write(writeKey),
  listKeys: read(readKeys),
  revokeKey: write(revokeKey),
  readKeyUsage: read(readKeyUsage),
  writeKeyUsage: write(writeKeyUsage, 'immediately'),
  addResponse: write(writeResponse, 'immediately'),
  getResponse: read(readResponse),
  getResponseChain: read(readResponseChain),
  deleteResponse: write(deleteResponse),
  deleteExpiredResponses: write(deleteExpiredResponses, 'immediately'),
  listFailedAttempts: read(readFailedAttempts, 'tries'),
  listServedOutcomes: read(readServedOutcomes, 'tries'),
  listServedExamples: read(readServedExamples, 'tries'),
  outcomeTotals: read(readOutcomeTotals, 'tries'),
  routeSpend: read(readRouteSpend, 'tries'),
  addEvaluatedPrompts: write(writeEvaluatedPrompts),
  listEvaluatedPrompts: read(readEvaluatedPrompts),
  deleteEvaluatedPrompts: write(deleteEvaluatedPrompts),
  deleteExpiredEvaluations: write(deleteExpiredEvaluations, 'immediately'),
  usage: read(readUsage, 'tries'),
  usageSeries: read(readUsageSeries, 'tries'),
  usagePercentiles: read(readUsagePercentiles, 'tries'),
  usageTimes: read(readUsageTimes, 'tries'),
  rebuildUsage: write(rebuildUsage, 'immediately'),
  deleteExpiredUsage: write(deleteExpiredUsage, 'immediately'),
  readFacts: read(readFacts, 'tries'),
}

export type PlainMethod = keyof typeof PLAIN_OPERATIONS

type ArgumentsOf<A> = unknown extends A ? [] : [argument: A]

/** The operations as functions of their argument alone: in the worker (`'sync'`) or from the main thread. */
export type PlainOperations<How extends 'sync' | 'async'> = {
  [M in PlainMethod]: (typeof PLAIN_OPERATIONS)[M] extends PlainOperation<infer A, infer R>
    ? (...argument: ArgumentsOf<A>) => How extends 'sync' ? R : Promise<R>
    : never
}
