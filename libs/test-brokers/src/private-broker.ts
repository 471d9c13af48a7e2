import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isReachable } from './broker.js';

const deadlineMs = 90_000;

/** The one on the path of Debian changes the user, who may not write into the directory. */
const rabbitMqScript = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** A broker in a process and a directory of its own, which a test may kill and start again. */
export interface PrivateBroker {
  readonly port: number;
  /** SIGKILL, to the process and all processes that it has started. */
  kill(): Promise<void>;
  /** Starts it again, with the same data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

interface Launch {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** @param appendOnly Whether it writes an append-only file. */
export function startRedis(appendOnly = true): Promise<PrivateBroker> {
  return start((port, directory) => ({
    command: 'redis-server',
    arguments: [
      ...['--port', String(port), '--dir', directory, '--save', ''],
      ...['--appendonly', appendOnly ? 'yes' : 'no', '--appendfsync', 'always'],
    ],
  }));
}

export function startNats(): Promise<PrivateBroker> {
  return start((port, directory) => ({
    command: 'nats-server',
    arguments: ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', directory],
  }));
}

export function startRabbitMq(): Promise<PrivateBroker> {
  return start((port, directory) => ({
    command: existsSync(rabbitMqScript) ? rabbitMqScript : 'rabbitmq-server',
    arguments: [],
    environment: {
      HOME: directory,
      RABBITMQ_NODENAME: `saga${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(port + 10_000 > 65_000 ? port - 10_000 : port + 10_000),
      RABBITMQ_MNESIA_BASE: join(directory, 'data'),
      RABBITMQ_LOG_BASE: join(directory, 'log'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'plugins'),
      RABBITMQ_CONFIG_FILE: join(directory, 'none'),
    },
  }));
}

async function start(launchOf: (port: number, directory: string) => Launch): Promise<PrivateBroker> {
  const [port, directory] = [await freePort(), await mkdtemp(join(tmpdir(), 'nest-saga-broker-'))];
  const launch = launchOf(port, directory);
  let process = await run(launch, port);
  return {
    port,
    kill: () => kill(process),
    async restart() {
      process = await run(launch, port);
    },
    async remove() {
      await kill(process);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function run({ command, arguments: given, environment }: Launch, port: number): Promise<ChildProcess> {
  // A group of its own: a script that starts the server is killed together with it.
  const child = spawn(command, [...given], {
    detached: true,
    stdio: 'ignore',
    env: { ...globalThis.process.env, ...environment },
  });
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
  try {
    await Promise.race([untilReachable(command, port), failed]);
  } catch (error) {
    await kill(child);
    throw error;
  }
  return child;
}

async function untilReachable(command: string, port: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < deadlineMs; waitedMs += 50) {
    if (await isReachable(port)) return;
    await wait(50);
  }
  throw new Error(`${command} does not listen on port ${port} after ${deadlineMs} ms`);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  globalThis.process.kill(-child.pid, 'SIGKILL');
  await exited;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
