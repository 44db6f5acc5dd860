import { expect, it } from 'vitest'
import { expectedError, RouterError } from '../src/errors.ts'

it('makes an expected error without a stack, and leaves those of others as they are', () => {
  const error = expectedError('encoder_overloaded', 'The encoder is busy.', {
    details: { waitMs: 9 },
  })
  expect(error).toBeInstanceOf(RouterError)
  expect(error).toMatchObject({
    code: 'encoder_overloaded',
    isRetryable: true,
    details: { waitMs: 9 },
  })
  expect(error.stack).not.toContain('    at ')
  expect(new RouterError('internal', 'An unexpected error.').stack).toContain('    at ')
})
