// Hono's own router, asked once for each path that has no parameters: walking its tree costs more than any one middleware, and nearly
// every request is for one of the same few paths.
import type { Result, Router } from 'hono/router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'

/** Whether what was found is the same for every request of this path. */
const hasNoParams = <T>([found]: Result<T>): boolean =>
  found.every(([, params]) => Object.keys(params as object).length === 0)

export const createRememberingRouter = <T>(): Router<T> => {
  const router = new SmartRouter<T>({ routers: [new RegExpRouter(), new TrieRouter()] })
  const fixed = new Set<string>()
  const known = new Map<string, Result<T>>()
  return {
    name: 'RememberingRouter',
    add: (method, path, handler) => {
      if (!/[:*{?]/.test(path)) fixed.add(path)
      router.add(method, path, handler)
    },
    match: (method, path) => {
      const name = `${method} ${path}`
      const remembered = known.get(name)
      if (remembered) return remembered
      const result = router.match(method, path)
      // Only methods of HTTP's parser come here, and only paths of ours are kept, so that there are few.
      if (fixed.has(path) && hasNoParams(result)) known.set(name, result)
      return result
    },
  }
}
