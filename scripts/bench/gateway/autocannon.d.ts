// The part of autocannon that the bench uses; the package brings no types.
declare module 'autocannon' {
  interface Options {
    url: string
    method?: 'POST'
    headers?: Record<string, string>
    body?: string
    /** One after the other; `setupRequest` may change each. */
    requests?: { method: 'POST'; setupRequest: (request: object) => object }[]
    connections: number
    /** Seconds. */
    duration?: number
    /** Requests, instead of a duration. */
    amount?: number
  }

  interface Result {
    /** Seconds, fractional. */
    duration: number
    errors: number
    timeouts: number
    non2xx: number
  }

  interface Instance extends PromiseLike<Result> {
    /** Milliseconds, fractional, unlike the result's histogram of whole ones. */
    on(
      event: 'response',
      listener: (client: unknown, status: number, bytes: number, ms: number) => void,
    ): this
  }

  function autocannon(options: Options): Instance
  export = autocannon
}
