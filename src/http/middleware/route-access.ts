// Who may call what, from the endpoints' declarations; a route that is none of them is the admin's. Looked up by the pattern
// that matched, so that no way of writing a path changes the answer.
import { type Endpoint, methodNameOf, type RouteAccess } from '../request/endpoint.ts'

/** By the name of the route. */
export type RouteAccessTable = ReadonlyMap<string, RouteAccess>

/** `GET /v1/models/:id{.+}` → `GET /v1/models/:id`; a method that a pattern ends in stays (`:model{.+:countTokens}`). */
export const routeName = (method: string, pattern: string): string =>
  `${method} ${pattern.replaceAll(/\{([^}]*)\}/g, (_, own: string) => methodNameOf(own))}`

export const routeAccessTable = (
  endpoints: readonly Pick<Endpoint, 'method' | 'path' | 'access'>[],
): RouteAccessTable =>
  new Map(
    endpoints.map(({ method, path, access }) => [routeName(method.toUpperCase(), path), access]),
  )

export const accessOf = (table: RouteAccessTable, method: string, pattern: string): RouteAccess =>
  table.get(routeName(method, pattern)) ?? 'admin'
