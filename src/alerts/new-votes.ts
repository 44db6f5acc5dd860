// Feeds votes since the last evaluation to the watch, by the route of their decision.
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
  /** The newest vote that was read; undefined before the first evaluation, whose votes are ignored. */
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
