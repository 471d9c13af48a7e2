import { randomUUID } from 'node:crypto';
import type { WatchedResult, WatcherRecord } from '@nest-saga/testing';
import { LabAnswerError } from './lab-child.js';
import type { LabChild } from './lab-child.js';
import type { LabMessage } from './lab-messages.js';

/** Follows one saga through a lab process, and writes down what it is shown. */
export class WatchingClient {
  /** Resolves with the status once it is told that the saga ended or is stuck. */
  readonly over: Promise<string>;
  private readonly id = randomUUID();
  private readonly seen: WatchedResult[] = [];
  private isEnded = false;
  private readonly endListening: () => void;

  constructor(
    private readonly child: LabChild,
    private readonly engine: string,
    private readonly sagaId: string,
    private readonly fromSeq = 0,
  ) {
    let end: () => void = () => undefined;
    this.over = new Promise((resolve, reject) => {
      end = child.listen((message) => this.receive(message, resolve, reject));
    });
    this.over.catch(() => undefined);
    this.endListening = end;
  }

  async begin(): Promise<void> {
    await this.child.ask('watch', this.engine, this.sagaId, this.fromSeq, this.id);
  }

  /** What it was shown last: whoever comes back asks for what is behind it. */
  get lastSeq(): number {
    return this.seen.at(-1)?.seq ?? this.fromSeq;
  }

  /** The status in which it was over, or undefined where the process died before. */
  overOrCutOff(): Promise<string | undefined> {
    return Promise.race([this.over, this.child.exited.then(() => undefined)]);
  }

  get record(): WatcherRecord {
    const { sagaId, fromSeq, seen, isEnded } = this;
    return { watcher: `the watcher at ${this.child.settings.name}`, sagaId, fromSeq, seen, isEnded };
  }

  private receive(
    message: LabMessage,
    resolve: (status: string) => void,
    reject: (error: Error) => void,
  ): void {
    if (!('watcher' in message) || message.watcher !== this.id) return;
    if (message.kind === 'seen') {
      const { seq, at } = message;
      this.seen.push({ seq, at });
      return;
    }
    this.endListening();
    if (message.kind === 'watch-failed') return reject(new LabAnswerError(message.name, message.message));
    this.isEnded = message.status !== 'stuck';
    resolve(message.status);
  }
}
