import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/**
 * The permissions of the page in a browser: it may only load from this server. No inline scripts or styles, no other
 * hosts, no frames around it, no form that leaves it, and no string that becomes markup.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const headers: readonly (readonly [name: string, value: string])[] = [
  ['content-security-policy', contentSecurityPolicy],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  // After a sign-out, a browser must not show the data to the next person on the same machine.
  ['cache-control', 'no-store'],
];

/**
 * Sends the answers of the page, on Express and Fastify. Interceptors of the application that wrap results do not change
 * them, because the page could not read them then.
 */
@Injectable()
export class Responder {
  constructor(private readonly host: HttpAdapterHost) {}

  text(response: unknown, type: string, body: string): void {
    this.send(response, 200, type, body);
  }

  json(response: unknown, body: unknown): void {
    this.send(response, 200, 'application/json; charset=utf-8', JSON.stringify(body));
  }

  /** Says that nothing is new. */
  nothing(response: unknown): void {
    this.send(response, 204, undefined, '');
  }

  redirect(response: unknown, location: string): void {
    const { httpAdapter } = this.host;
    httpAdapter.setHeader(response, 'location', location);
    this.send(response, 302, 'text/plain; charset=utf-8', '');
  }

  private send(response: unknown, status: number, type: string | undefined, body: string): void {
    const { httpAdapter } = this.host;
    for (const [name, value] of headers) httpAdapter.setHeader(response, name, value);
    if (type !== undefined) httpAdapter.setHeader(response, 'content-type', type);
    httpAdapter.reply(response, body, status);
  }
}
