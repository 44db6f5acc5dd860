// Who may call what: every route of the app is in this table, and one that is not is the admin's (a test fails for it).
// Looked up by the pattern that matched, so that no way of writing a path changes the answer.
import type { Role } from '../core/gateway-key.ts'

/** `public` needs no key; `any` a valid one; a role that role, or admin. */
export type RouteAccess = 'public' | 'any' | Role

export const ROUTE_ACCESS: Readonly<Record<string, RouteAccess>> = {
  'POST /v1/chat/completions': 'inference',
  'POST /v1/responses': 'inference',
  'POST /v1/completions': 'inference',
  'POST /v1/messages': 'inference',
  'POST /v1/messages/count_tokens': 'inference',
  'POST /v1/embeddings': 'inference',
  'POST /v1/route': 'inference',
  'GET /v1/models': 'inference',
  'GET /v1/models/:id': 'inference',
  'GET /v1/decisions': 'inference',
  'GET /v1/decisions/:id': 'inference',
  'POST /v1/feedback': 'feedback',
  'GET /admin/keys': 'admin',
  'POST /admin/keys': 'admin',
  'DELETE /admin/keys/:id': 'admin',
  'GET /': 'any',
  'GET /openapi.json': 'any',
  'GET /metrics': 'admin',
  // Orchestrators ask these, and have no key. Without one /readyz tells no details.
  'GET /healthz': 'public',
  'GET /readyz': 'public',
}

/** `GET /v1/models/:id{.+}` → `GET /v1/models/:id`. */
export const routeName = (method: string, pattern: string): string =>
  `${method} ${pattern.replaceAll(/\{[^}]*\}/g, '')}`

export const accessOf = (method: string, pattern: string): RouteAccess => {
  const name = routeName(method, pattern)
  return Object.hasOwn(ROUTE_ACCESS, name) ? (ROUTE_ACCESS[name] ?? 'admin') : 'admin'
}
