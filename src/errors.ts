// The catalogue of what can go wrong, by code. Knows nothing of HTTP: http/error-response.ts maps codes to statuses.

/** Every code, with whether the same call may succeed when made again. The table in http/README.md is made from this. */
export const ERROR_CATALOGUE = {
  invalid_request: {
    isRetryable: false,
    meaning: 'The request body or a parameter is not of the documented form.',
  },
  invalid_json: { isRetryable: false, meaning: 'The request body is not valid JSON.' },
  body_too_large: {
    isRetryable: false,
    meaning: 'The request body exceeds server.max_body_bytes.',
  },
  unsupported_encoding: {
    isRetryable: false,
    meaning: 'The request body is in a content-encoding that cannot be read here.',
  },
  invalid_api_key: {
    isRetryable: false,
    meaning: 'There is no key in the request, or none that is valid.',
  },
  permission_denied: {
    isRetryable: false,
    meaning: 'The key is valid, but may not do this, or not with this model or route.',
  },
  rate_limit_exceeded: {
    isRetryable: true,
    meaning: 'The key has used up its requests or tokens for now.',
  },
  insufficient_quota: {
    isRetryable: false,
    meaning: 'The key has used up its budget for now.',
  },
  key_not_found: { isRetryable: false, meaning: 'There is no key of this id.' },
  not_found: { isRetryable: false, meaning: 'There is nothing at this path, or no such object.' },
  method_not_allowed: { isRetryable: false, meaning: 'The path exists, but not for this method.' },
  model_not_found: {
    isRetryable: false,
    meaning: 'The model is neither auto, route:NAME, nor a configured model id.',
  },
  route_not_found: { isRetryable: false, meaning: 'The route is not configured.' },
  decision_not_found: { isRetryable: false, meaning: 'No stored decision has this id.' },
  invalid_config: {
    isRetryable: false,
    meaning: 'The configuration file has an unknown key or an invalid value.',
  },
  config_changed: {
    isRetryable: false,
    meaning: 'If-Match names another configuration than the one that serves.',
  },
  gate_refused: {
    isRetryable: false,
    meaning: 'The gate refused the generation; it can be promoted only with force and a reason.',
  },
  invalid_exemplar: {
    isRetryable: false,
    meaning: 'A line of training data is not a valid exemplar.',
  },
  invalid_vector: {
    isRetryable: false,
    meaning: 'A vector has a wrong length or a value that is not a finite number.',
  },
  model_files_invalid: {
    isRetryable: false,
    meaning: 'An encoder model file is missing or its sha256 differs from the lock.',
  },
  encoder_overloaded: { isRetryable: true, meaning: 'The encoder queue is full.' },
  encoder_timeout: { isRetryable: true, meaning: 'The encoder missed its deadline.' },
  encoder_unavailable: { isRetryable: true, meaning: 'The encoder process is not running.' },
  index_invalid: {
    isRetryable: false,
    meaning: 'An index generation is damaged or does not fit the encoder.',
  },
  index_unavailable: { isRetryable: true, meaning: 'No index generation is loaded.' },
  build_in_progress: { isRetryable: true, meaning: 'Another rebuild holds the build lock.' },
  store_unavailable: { isRetryable: true, meaning: 'The database refused a write or a read.' },
  data_directory_in_use: {
    isRetryable: false,
    meaning: 'Another server runs on this data directory.',
  },
  upstream_error: { isRetryable: true, meaning: 'The provider answered with an error.' },
  upstream_timeout: { isRetryable: true, meaning: 'The provider missed a deadline.' },
  upstream_unavailable: { isRetryable: true, meaning: 'The provider could not be reached.' },
  upstream_interrupted: {
    isRetryable: true,
    meaning: 'The provider broke off in the middle of an answer.',
  },
  upstream_invalid: {
    isRetryable: true,
    meaning: 'The provider answered with something that is not a completion.',
  },
  queue_full: {
    isRetryable: true,
    meaning: "The provider's queue is full, or no place came free in time.",
  },
  targets_unavailable: {
    isRetryable: true,
    meaning: 'Every model that may serve the request is cooling down or has an open breaker.',
  },
  client_closed: { isRetryable: false, meaning: 'The client left before the answer was complete.' },
  overloaded: {
    isRetryable: true,
    meaning:
      'The server keeps standing still under its load, or the bodies of the requests under way take all the room they may have.',
  },
  shutting_down: { isRetryable: true, meaning: 'The server is draining.' },
  internal: {
    isRetryable: false,
    meaning: 'An unexpected error; the log line with the request id says more.',
  },
} as const satisfies Record<string, { isRetryable: boolean; meaning: string }>

export type ErrorCode = keyof typeof ERROR_CATALOGUE

export interface RouterErrorOptions {
  cause?: unknown
  /** The offending parameter, e.g. `messages[0].content`. */
  param?: string
  /** Facts to act on (never prompts or keys), e.g. `{ status: 429, retryAfterMs: 2000 }`. */
  details?: Record<string, unknown>
  /** Overrides the catalogue where the place of birth knows better (an upstream 400 is final). */
  isRetryable?: boolean
}

/** The one error class. `message` names what was wrong and what would be right, and never holds prompts or keys. */
export class RouterError extends Error {
  readonly code: ErrorCode
  readonly isRetryable: boolean
  readonly param: string | null
  readonly details: Record<string, unknown>

  /** True for errors of any copy of this module: a bundled program and a module that it loads by its URL have one each. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'RouterError'
  }

  constructor(code: ErrorCode, message: string, options: RouterErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'RouterError'
    this.code = code
    this.isRetryable = options.isRetryable ?? ERROR_CATALOGUE[code].isRetryable
    this.param = options.param ?? null
    this.details = options.details ?? {}
  }
}

/**
 * An error that is thrown often and as a matter of course: without a stack, which takes eight of its nine microseconds and tells nobody
 * anything.
 */
export const expectedError = (
  code: ErrorCode,
  message: string,
  options: RouterErrorOptions,
): RouterError => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const error = new RouterError(code, message, options)
  Error.stackTraceLimit = stackTraceLimit
  return error
}

/** Any thrown value as a RouterError; what is not one becomes `internal` with the original as its cause. */
export const toRouterError = (error: unknown): RouterError =>
  error instanceof RouterError
    ? error
    : new RouterError('internal', 'An unexpected error happened.', { cause: error })
