import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second, on any processor. */
export const millisecondsOfTick = 10;

/**
 * The processor time of a PostgreSQL server, in milliseconds: that of the postmaster, of its processes, and of those
 * that have ended. Undefined if the system does not provide it (it is read from /proc, so only Linux does).
 */
export function readServerCpuMs(postmaster: number): number | undefined {
  const root = readStat(postmaster);
  if (root === undefined) return undefined;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? [])
    .filter(({ parent }) => parent === postmaster);
  const ticks = children.reduce((sum, { own }) => sum + own, root.own + root.ofEnded);
  return ticks * millisecondsOfTick;
}

interface ProcessTimes {
  readonly parent: number;
  readonly own: number;
  readonly ofEnded: number;
}

/** The fields of `/proc/<pid>/stat` after the program's name, which may contain spaces and brackets. */
function readStat(pid: number): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const at = (index: number) => Number(fields[index] ?? 0);
    return { parent: at(1), own: at(11) + at(12), ofEnded: at(13) + at(14) };
  } catch {
    return undefined;
  }
}
