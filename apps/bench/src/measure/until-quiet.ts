import { setTimeout as sleep } from 'node:timers/promises';
import { readMachineCpuMs } from './machine-cpu.js';

/** The average number of cores that other programs may use in a measurement that counts as undisturbed. */
export const toleratedForeignCores = 0.15;

const lookMs = 500;

/** Resolves when other programs have used almost no processor time for half a second, or after the limit. */
export async function untilQuiet(limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    const before = readMachineCpuMs();
    if (before === undefined) return;
    await sleep(lookMs);
    const used = (readMachineCpuMs() ?? before) - before;
    if (used / lookMs <= toleratedForeignCores) return;
  }
}
