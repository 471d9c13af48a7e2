import { readFileSync } from 'node:fs';
import { millisecondsOfTick } from './server-cpu.js';

/**
 * The processor time that everything on this machine has used, in milliseconds over all cores. Undefined where the
 * system does not tell (it is read from /proc, so outside Linux).
 */
export function readMachineCpuMs(): number | undefined {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0] = line
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + interrupts + softInterrupts) * millisecondsOfTick;
  } catch {
    return undefined;
  }
}
