// /admin/rebuild: starts a rebuild in the background, and shows its progress. `signalbox rebuild` does the same.
import type { RebuildState } from '../../../training/rebuild/background-rebuilds.ts'
import type { RebuildReport } from '../../../training/rebuild/rebuild-report.ts'
import { toFeedbackReport } from '../../../training/reports/build-report.ts'
import { defineEndpoint } from '../../request/endpoint.ts'
import { principalOf } from '../../request/principal.ts'
import {
  rebuildRequestSchema,
  rebuildStateJson,
  rebuildStateSchema,
  startedRebuildSchema,
} from './generation-schemas.ts'

const reportFacts = (report: RebuildReport) => ({
  ...report,
  ...toFeedbackReport({ ...report, ...report.fromFeedback }),
})

const stateFacts = ({ running, last }: RebuildState) => ({
  object: 'rebuild' as const,
  state: running === null ? ('idle' as const) : ('running' as const),
  running,
  last: last && { ...last, report: last.report && reportFacts(last.report) },
})

const startRebuild = defineEndpoint({
  id: 'startRebuild',
  method: 'post',
  path: '/admin/rebuild',
  access: 'admin',
  summary: 'Begin a rebuild in the background.',
  request: rebuildRequestSchema,
  body: 'optional',
  response: startedRebuildSchema,
  status: 202,
  handler:
    ({ admin }) =>
    async (c, { request: { force, promote, reason } }) => {
      const { id } = await admin.generations.rebuild({
        author: principalOf(c).id,
        trigger: 'api',
        ...(force === undefined ? {} : { force }),
        ...(promote === undefined ? {} : { promote }),
        ...(reason === undefined ? {} : { reason }),
      })
      return { object: 'rebuild' as const, id, state: 'running' as const }
    },
})

const getRebuild = defineEndpoint({
  id: 'getRebuild',
  method: 'get',
  path: '/admin/rebuild',
  access: 'admin',
  summary: 'How far the rebuild is, and what the last one found.',
  response: rebuildStateSchema,
  handler:
    ({ admin }) =>
    () =>
      rebuildStateJson(stateFacts(admin.generations.rebuildState())),
})

export const rebuild = [startRebuild, getRebuild]
