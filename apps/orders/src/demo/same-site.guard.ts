import { isIP } from 'node:net';
import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';

interface Asked {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * Lets nobody's page but the demo's own ask. A browser says where a request comes from, by one header or the other.
 * And a name that somebody has led to this machine is for a browser the same site as the demo, so the demo has to be
 * asked by an address, or as `localhost`. What is no browser says nothing, and may: it runs here, or was let in.
 */
@Injectable()
export class SameSiteGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { host = '', origin, 'sec-fetch-site': site } = context.switchToHttp().getRequest<Asked>().headers;
    const isOwn = origin === undefined || hostOf(origin) === host;
    const isSameSite = site === undefined || site === 'same-origin';
    if (isOwn && isSameSite && isNoName(host)) return true;
    throw new ForbiddenException('Only from the demo itself.');
  }
}

function isNoName(host: string): boolean {
  const name = parse(`http://${host}`)?.hostname ?? '';
  return name === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

function hostOf(origin: string): string | undefined {
  return parse(origin)?.host;
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
