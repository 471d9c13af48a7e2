import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { LabMessage, LabMethods, LabProcessSettings, LabQuestion } from './lab-messages.js';

/** A question that got no answer, because the process died. */
export class ProcessDiedError extends Error {
  override readonly name = 'ProcessDiedError';
}

/** A question that the process answered with an error. */
export class LabAnswerError extends Error {
  constructor(
    readonly errorName: string,
    message: string,
  ) {
    super(`${errorName}: ${message}`);
  }
}

/** Whether the process or its storage had a problem. The caller then asks again, in the same or another process. */
export function isTrouble(error: unknown): boolean {
  if (error instanceof ProcessDiedError) return true;
  const passing = ['SagaStorageError', 'SagaShuttingDownError', 'SagaBusyError'];
  return error instanceof LabAnswerError && passing.includes(error.errorName);
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** How a process ended: by a signal, or by itself with a code. */
export interface LabExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A lab process, from the view of its parent. */
export class LabChild {
  readonly exited: Promise<LabExit>;
  readonly ready: Promise<void>;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Set<(message: LabMessage) => void>();
  private questions = 0;
  private exit: LabExit | undefined;
  private wasKilledHere = false;
  private errors = '';

  /** @param file The bundle from `buildLabProcess`. */
  constructor(
    file: string,
    readonly settings: LabProcessSettings,
  ) {
    this.child = fork(file, [], {
      env: { PATH: process.env['PATH'], LAB_SETTINGS: JSON.stringify(settings) },
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.child.on('error', () => undefined);
    this.ready = new Promise((resolve, reject) => {
      this.listen((message) => {
        if (message.kind === 'ready') resolve();
      });
      this.child.once('close', () =>
        reject(new ProcessDiedError(`${settings.name} died at its start: ${this.errors}`)),
      );
    });
    this.ready.catch(() => undefined);
    this.exited = new Promise((resolve) => {
      // The event is `close`, not `exit`, because the last output is read only by then.
      this.child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
        this.exit = { code, signal };
        for (const { reject } of this.waiting.values())
          reject(new ProcessDiedError(`${settings.name} died: ${this.errors}`));
        this.waiting.clear();
        resolve(this.exit);
      });
    });
    this.child.on('message', (message: LabMessage) => this.receive(message));
  }

  get isAlive(): boolean {
    return this.exit === undefined;
  }

  /** Whether it died as its plan says, and not because its parent killed it. */
  get hasKilledItself(): boolean {
    return this.settings.kill !== undefined && this.exit?.signal === 'SIGKILL' && !this.wasKilledHere;
  }

  /** How it ended, if its parent did not kill it: a process that crashes by itself is never part of the plan. */
  get unplannedEnd(): string | undefined {
    if (this.exit === undefined || this.hasKilledItself) return undefined;
    const { code, signal } = this.exit;
    if (signal === 'SIGKILL' && this.wasKilledHere) return undefined;
    const how = signal === null ? `with code ${code}` : `by ${signal}`;
    return `${this.settings.name} ended ${how}, and was not killed: ${this.errors}`;
  }

  listen(listener: (message: LabMessage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Asks the process. Rejects with `LabAnswerError` for an error of the process, and with `ProcessDiedError` if it dies
   * before it answers.
   */
  ask<Method extends keyof LabMethods>(
    method: Method,
    ...parameters: Parameters<LabMethods[Method]>
  ): Promise<ReturnType<LabMethods[Method]>> {
    return new Promise((resolve, reject) => {
      if (!this.isAlive || !this.child.connected)
        return reject(new ProcessDiedError(`${this.settings.name} is dead: ${this.errors}`));
      const question: LabQuestion = { id: ++this.questions, method, parameters };
      this.waiting.set(question.id, {
        resolve: (answer) => resolve(answer as ReturnType<LabMethods[Method]>),
        reject,
      });
      this.child.send(question, () => undefined);
    });
  }

  /** Sends it a signal: SIGKILL, SIGSTOP or SIGCONT. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    if (!this.isAlive) return;
    if (signal === 'SIGKILL') this.wasKilledHere = true;
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  private receive(message: LabMessage): void {
    for (const listener of this.listeners) listener(message);
    if (message.kind !== 'answer' && message.kind !== 'error') return;
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === 'answer') waiting?.resolve(message.answer);
    else waiting?.reject(new LabAnswerError(message.name, message.message));
  }
}
