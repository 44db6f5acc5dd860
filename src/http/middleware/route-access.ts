// Who may call what: every route of the app is in this table, and one that is not is the admin's (a test fails for it).
// Looked up by the pattern that matched, so that no way of writing a path changes the answer.
import type { Role } from '../../core/decide/gateway-key.ts'

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
  'GET /v1/decisions/:id/explain': 'inference',
  'POST /v1/feedback': 'feedback',
  'GET /admin/keys': 'admin',
  'POST /admin/keys': 'admin',
  'DELETE /admin/keys/:id': 'admin',
  'GET /admin/feedback': 'admin',
  'POST /admin/feedback': 'admin',
  'POST /admin/forget': 'admin',
  'GET /admin/exemplars': 'admin',
  'POST /admin/exemplars/:id': 'admin',
  'GET /admin/arms': 'admin',
  'PUT /admin/arms/shadow': 'admin',
  'PUT /admin/arms/canary': 'admin',
  'DELETE /admin/arms/shadow': 'admin',
  'DELETE /admin/arms/canary': 'admin',
  'GET /admin/config': 'admin',
  'PUT /admin/config': 'admin',
  'GET /admin/config/versions': 'admin',
  'GET /admin/config/versions/:hash': 'admin',
  'POST /admin/config/rollback': 'admin',
  'GET /admin/generations': 'admin',
  'GET /admin/generations/:number': 'admin',
  'POST /admin/generations/:number/promote': 'admin',
  'POST /admin/generations/rollback': 'admin',
  'GET /admin/history': 'admin',
  'GET /admin/rebuild': 'admin',
  'POST /admin/rebuild': 'admin',
  'POST /admin/replay': 'admin',
  'GET /admin/review': 'admin',
  'POST /admin/review/:id': 'admin',
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
