import { randomUUID } from 'node:crypto';
import type { WatchedResult, WatcherRecord } from '@nest-saga/testing';
import { LabAnswerError } from './lab-child.js';
import type { LabChild } from './lab-child.js';
import type { LabMessage } from './lab-messages.js';

/** Watches one saga through a lab process, and records the results that it gets. */
export class WatchingClient {
  /** Resolves with the status when the saga has ended or is stuck. */
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

  /** The `seq` of the last result that it got. A watcher that returns continues after it. */
  get lastSeq(): number {
    return this.seen.at(-1)?.seq ?? this.fromSeq;
  }

  /** The status at the end, or undefined if the process died before. */
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
