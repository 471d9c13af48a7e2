import { isIPv4 } from 'node:net';

/**
 * Whether the server of the start command can be killed if `DEMO` is not set: only if no other machine can reach it. If
 * `HOST` exposes it, `DEMO=on` is required.
 */
export function demoByDefault({ HOST: host }: NodeJS.ProcessEnv): 'on' | 'off' {
  return host === undefined || isLoopback(host) ? 'on' : 'off';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
