import { isIP } from 'node:net';
import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';

interface Asked {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * Refuses requests from all pages but the demo's own. A browser sends the origin of a request in one of two headers. A
 * name that an attacker points to this machine is the same site as the demo for a browser, so the demo only answers to
 * an address or to `localhost`. A client that is not a browser sends neither header and is accepted: it runs on this
 * machine, or was given access to it.
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
