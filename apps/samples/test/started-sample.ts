import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** A sample in a process of its own. */
export interface StartedSample {
  get(path: string): Promise<unknown>;
  post(path: string, body?: unknown): Promise<unknown>;
  /** The whole answer as text. */
  read(path: string, options?: RequestInit): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a sample as its README says, on a free port. Resolves when it listens. */
export async function startSample(
  name: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<StartedSample> {
  const port = await freePort();
  const source = ['--conditions=@nest-saga/source', '--import', '@nest-saga/typescript-loader'];
  const child = spawn(process.execPath, [...source, resolve(import.meta.dirname, '../start.mjs'), name], {
    env: { PATH: process.env['PATH'] ?? '', PORT: String(port), ...environment },
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let output = '';
  await new Promise<void>((found, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        output += `${line}\n`;
        if (line.startsWith('Listening')) found();
      });
    }
    exited.then(() => failed(new Error(`${name} ended before it listened:\n${output}`)), failed);
  });
  const url = `http://localhost:${port}`;
  const read = async (path: string, options: RequestInit = {}): Promise<string> =>
    (await fetch(url + path, options)).text();
  const json = (text: string): unknown => (text === '' ? undefined : JSON.parse(text));
  return {
    read,
    get: async (path) => json(await read(path)),
    post: async (path, body = {}) =>
      json(
        await read(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((found) => server.listen(0, '127.0.0.1', found));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
