import { resolve } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';

/**
 * The permissions of the page in a browser: it may only load from this server. No inline scripts or styles, no other
 * hosts, no frames around it, and no string that becomes markup.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

interface HeaderWriter {
  setHeader(name: string, value: string): unknown;
}

/** Serves the files of the orders page at `/`, and sends its security headers with every answer. */
export function servePage(application: NestExpressApplication): void {
  application.disable('x-powered-by');
  application.use((_request: unknown, response: HeaderWriter, next: () => void) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    next();
  });
  application.useStaticAssets(resolve(import.meta.dirname, '../../public'));
}
