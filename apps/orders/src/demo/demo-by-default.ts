import { isIPv4 } from 'node:net';

/**
 * Whether the start command's server can be killed where `DEMO` does not say it: only where nobody but this machine
 * reaches it. Who listens for others has to ask for it.
 */
export function demoByDefault({ HOST: host }: NodeJS.ProcessEnv): 'on' | 'off' {
  return host === undefined || isLoopback(host) ? 'on' : 'off';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
