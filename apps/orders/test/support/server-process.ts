import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { OrdersClient } from './orders-client.js';

/** A program of this application in a process of its own. */
export interface RunningProgram {
  readonly client: OrdersClient;
  readonly pid: number;
  /** Sends the signal and resolves when the process is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<unknown>;
  /** What it has printed so far. */
  output(): string;
}

/**
 * Starts `src/<program>` and resolves when it prints where it listens.
 *
 * @throws Error with what it printed where it ends before that.
 */
export async function startProgram(
  program: 'server.ts' | 'main.ts',
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunningProgram> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@nest-saga/source',
      '--import',
      '@nest-saga/typescript-loader',
      resolve(import.meta.dirname, '../../src', program),
    ],
    {
      env: { ...process.env, NODE_OPTIONS: '', ...environment },
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const exited = once(child, 'exit');
  const url = await new Promise<string>((found, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        output += `${line}\n`;
        const address = /Nest Saga orders: (\S+)/.exec(line)?.[1];
        if (address !== undefined) found(address);
      });
    }
    exited.then(() => failed(new Error(`${program} ended before it listened:\n${output}`)), failed);
  });
  return { client: new OrdersClient(url), pid: pidOf(child), end, ended: exited, output: () => output };

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    child.kill(signal);
    await exited;
  }
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('The process did not start.');
  return pid;
}
