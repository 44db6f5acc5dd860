// What browsers may do with the dashboard: nothing is loaded from elsewhere, no script or style stands in a page, no page of
// another origin frames it, and nothing of it is kept.
import { secureHeaders } from 'hono/secure-headers'

export const dashboardHeaders = () =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    xFrameOptions: 'DENY',
    // With no-referrer browsers would hide the origin of forms, too.
    referrerPolicy: 'same-origin',
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    // For the proxy to say, which knows whether everything on this host is TLS.
    strictTransportSecurity: false,
  })
