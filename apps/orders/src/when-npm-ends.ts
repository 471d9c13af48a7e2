import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const intervalMs = 250;
/** npm runs a script through a shell, and `--watch` adds a process. */
const maximumBetween = 3;
const packageManager = /^(\S*node\S* )?(\S*[/\\])?(npm|pnpm|yarn|bun)\b/;

/**
 * Calls `act` when the package manager that runs this process has ended, or a process between the two, even by a
 * SIGKILL. The remaining processes between them get a SIGTERM. The check does not keep this process alive.
 */
export function whenNpmEnds(act: () => void): void {
  const between: number[] = [];
  let npm = process.ppid;
  while (between.length < maximumBetween && !isPackageManager(npm)) {
    between.push(npm);
    npm = parentOf(npm);
  }
  const watched = isPackageManager(npm) ? [...between, npm] : [process.ppid];
  const timer = setInterval(() => {
    if (process.ppid === watched[0] && watched.every(isAlive)) return;
    clearInterval(timer);
    act();
    for (const pid of watched.slice(0, -1)) if (isAlive(pid)) process.kill(pid, 'SIGTERM');
  }, intervalMs).unref();
}

function isPackageManager(pid: number): boolean {
  return packageManager.test(look(pid, 'args', () => readProc(pid, 'cmdline').replaceAll('\0', ' ')));
}

/** 0 if it is not known. */
function parentOf(pid: number): number {
  // The name of a program is in parentheses, and may contain anything.
  const afterName = (): string => readProc(pid, 'stat').split(') ').at(-1)?.split(' ')[1] ?? '';
  return Number(look(pid, 'ppid', afterName));
}

/** Linux has /proc, even if an image has no `ps`. */
function look(pid: number, column: string, fromProc: () => string): string {
  try {
    return process.platform === 'linux'
      ? fromProc()
      : execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function readProc(pid: number, file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, 'utf8');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
