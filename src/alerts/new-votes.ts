// Votes that came since the last look, on the routes that their decisions took.
import { createVoteWatch, type VoteWatch } from '../core/alerting/vote-watch.ts'
import type { Store } from '../store/store.ts'

export interface NewVotes {
  /** @throws RouterError `store_unavailable` */
  look(): Promise<ReturnType<VoteWatch['alarms']>>
}

const PAGE = 200

export const createNewVotes = (
  store: Pick<Store, 'listVotes' | 'listRoutesTaken'>,
  rates: () => { expected: number; feared: number },
): NewVotes => {
  let watch = createVoteWatch(rates())
  let used = JSON.stringify(rates())
  /** The newest vote of before; undefined before the first look, whose votes are history. */
  let newest: string | null | undefined
  return {
    look: async () => {
      if (JSON.stringify(rates()) !== used) {
        used = JSON.stringify(rates())
        watch = createVoteWatch(rates())
      }
      const votes = await store.listVotes({ limit: PAGE })
      const seen = newest
      newest = votes[0]?.id ?? seen ?? null
      if (seen === undefined) return watch.alarms()
      const fresh = votes.filter(({ id }) => seen === null || id > seen)
      const routes = await store.listRoutesTaken(fresh.map(({ decisionId }) => decisionId))
      const routeOf = new Map(routes.map(({ id, route }) => [id, route]))
      for (const { decisionId, verdict } of fresh.reverse()) {
        const route = routeOf.get(decisionId)
        if (route !== undefined) watch.add(route, verdict === 'bad')
      }
      return watch.alarms()
    },
  }
}
