import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';

/** A request of the operations page. */
export interface StaffRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

interface HeaderWriter {
  setHeader(name: string, value: string): unknown;
}

/**
 * A sample guard for the operations page: the browser asks for a name and a password. Every name is accepted, and is the
 * one in the journal; the password is the same for all. An application uses its own guard, with its own users.
 */
export function staffGuard(password: string): new () => CanActivate {
  @Injectable()
  class StaffGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const http = context.switchToHttp();
      const [name, given] = credentialsOf(http.getRequest<StaffRequest>());
      if (name !== '' && isSame(given, password)) return true;
      http
        .getResponse<HeaderWriter>()
        .setHeader('www-authenticate', 'Basic realm="operations", charset="UTF-8"');
      throw new UnauthorizedException('Sign in with your name and the password of the demo.');
    }
  }
  return StaffGuard;
}

/** The name of the person, for the journal. */
export function staffOf(request: StaffRequest): string {
  return credentialsOf(request)[0];
}

function credentialsOf({ headers }: StaffRequest): readonly [name: string, password: string] {
  const [scheme = '', encoded = ''] = (headers['authorization'] ?? '').split(' ');
  if (scheme.toLowerCase() !== 'basic') return ['', ''];
  const [name = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return [name.slice(0, 200), password.join(':')];
}

/** Takes as long for every wrong password. */
function isSame(given: string, password: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(password));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
