import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from '../until.js';
import type {
  WorkContext,
  WorkerCommand,
  WorkerMessage,
  WorkerSettings,
  WorkSaga,
} from './worker-messages.js';

type SagaEvent = Extract<WorkerMessage, { readonly kind: 'saga-event' }>;

/** A worker in a process of its own: see `worker-process.ts`. */
export class SpawnedWorker {
  readonly messages: WorkerMessage[] = [];
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private errors = '';

  /** @param release The directory of another release, whose sources run. */
  private constructor(settings: WorkerSettings, release?: string) {
    const file =
      release === undefined
        ? fileURLToPath(new URL('worker-process.ts', import.meta.url))
        : `${release}/packages/typeorm/test/engine/worker-process.ts`;
    this.child = spawn(
      process.execPath,
      ['--conditions=@nest-saga/source', '--import', '@nest-saga/typescript-loader', file],
      {
        ...(release === undefined ? {} : { cwd: release }),
        env: { PATH: process.env['PATH'], WORKER_SETTINGS: JSON.stringify(settings) },
        stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      },
    );
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.child.on('message', (message: WorkerMessage) => this.messages.push(message));
    this.exited = new Promise((resolve) => {
      this.child.once('close', () => resolve());
    });
  }

  /** Spawned, not opened yet: it may end itself before. */
  static spawn(settings: WorkerSettings): SpawnedWorker {
    return new SpawnedWorker(settings);
  }

  static async open(settings: WorkerSettings, release?: string): Promise<SpawnedWorker> {
    const worker = new SpawnedWorker(settings, release);
    await worker.until('a worker that is open', () => worker.messages.some(({ kind }) => kind === 'open'));
    return worker;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The signal that ended it, if there was one. */
  get endedBy(): NodeJS.Signals | null {
    return this.child.signalCode;
  }

  /** Waits for something that this worker brings about. */
  async until(what: string, isMet: () => boolean | Promise<boolean>): Promise<void> {
    await until(what, () => {
      if (this.errors !== '') throw new Error(`the worker process wrote: ${this.errors}`);
      return isMet();
    });
  }

  /** Starts a saga there, and gives its id once it is durable. */
  start(
    context: WorkContext,
    saga: WorkSaga = 'work',
    options: Pick<WorkerCommand, 'deadlineMs'> = {},
  ): Promise<string> {
    return this.ask({ kind: 'start', context, saga, ...options });
  }

  /** Queues a saga there, and gives its id once it is durable. */
  enqueue(context: WorkContext): Promise<string> {
    return this.ask({ kind: 'enqueue', context, saga: 'work' });
  }

  /** The notifications of its listener about a saga, by type and in order. */
  eventsOf(sagaId: string): readonly SagaEvent[] {
    return this.messages.filter(
      (message): message is SagaEvent => message.kind === 'saga-event' && message.sagaId === sagaId,
    );
  }

  /** How often its listener got this notification about itself. */
  countOf(workerEvent: string): number {
    return this.messages.filter(
      ({ kind, ...rest }) => kind === 'worker-event' && 'type' in rest && rest.type === workerEvent,
    ).length;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it at once; a stopped one, too. */
  async kill(): Promise<void> {
    if (!this.hasExited) this.child.kill('SIGKILL');
    await this.exited;
  }

  private async ask(command: WorkerCommand): Promise<string> {
    const from = this.messages.length;
    this.child.send(command);
    const answer = () =>
      this.messages.slice(from).flatMap((message) => (message.kind === 'stored' ? [message.sagaId] : []))[0];
    await this.until(`the answer of a ${command.kind}`, () => answer() !== undefined);
    return answer() ?? '';
  }
}
