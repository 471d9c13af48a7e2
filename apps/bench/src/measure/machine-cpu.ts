import { readFileSync } from 'node:fs';
import { millisecondsOfTick } from './server-cpu.js';

/**
 * The processor time of all programs on this machine, in milliseconds over all cores. Undefined if the system does not
 * provide it (it is read from /proc, so only Linux does).
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
