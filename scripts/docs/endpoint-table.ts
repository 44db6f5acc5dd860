// Every endpoint as a table, from the list that the server serves.
import { ENDPOINTS } from '../../src/http/endpoints/endpoints.ts'
import { documentedPath, type RouteAccess } from '../../src/http/request/endpoint.ts'
import { markdownTable } from './markdown-table.ts'

const ACCESS: Record<RouteAccess, string> = {
  public: 'none',
  any: 'any key',
  inference: 'inference',
  feedback: 'feedback',
  viewer: 'viewer',
  admin: 'admin',
}

export const endpointTable = (): string =>
  markdownTable(
    ['endpoint', 'role', 'what'],
    ENDPOINTS.map(({ method, path, access, summary }) => [
      `\`${method.toUpperCase()} ${documentedPath(path)}\``,
      ACCESS[access],
      summary,
    ]),
  )
