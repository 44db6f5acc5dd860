// The access rule of each route, from the endpoints' declarations; undeclared routes need the admin role. Looked up by the matched
// pattern, so that the spelling of a path does not matter.
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

export const accessOf = (table: RouteAccessTable, method: string, pattern: string): RouteAccess => {
  const name = pattern.includes('{') ? routeName(method, pattern) : `${method} ${pattern}`
  return table.get(name) ?? 'admin'
}
