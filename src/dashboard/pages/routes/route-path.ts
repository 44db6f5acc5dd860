// Where one route's page is.
import { segment } from '../../view/address.ts'

export const routePath = (route: string): string => `/routes/${segment(route)}`
