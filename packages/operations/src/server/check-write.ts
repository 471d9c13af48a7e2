import { ForbiddenException } from '@nestjs/common';

interface Asked {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The header that only a script of the page itself can set: other origins would need a permission that no answer gives. */
export const ownHeader = 'x-saga-operations';

/**
 * Accepts a write only from the page itself: as JSON, with an own header, and from its own origin. A browser says the origin
 * over HTTPS and for `localhost`.
 *
 * @throws ForbiddenException
 */
export function checkWrite(request: unknown): void {
  const { headers } = request as Asked;
  const isJson = /^application\/json\b/i.test(String(headers['content-type']));
  if (isJson && headers[ownHeader] === '1' && headers['sec-fetch-site'] === 'same-origin') return;
  throw new ForbiddenException(
    'Only the page itself can act: over HTTPS or on localhost, in a browser that sends Sec-Fetch-Site.',
  );
}
