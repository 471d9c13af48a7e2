import { InterceptedStorage } from './intercepted-storage.js';
import type { StorageMethod } from './intercepted-storage.js';

/** The part of a held call that waits: only its answer, or the call itself. */
export type HeldPart = 'answer' | 'call';

interface WaitingCall {
  readonly method: StorageMethod;
  readonly pass: () => void;
}

/**
 * A storage whose answers a test holds back. The write of a held answer has happened; a held call has not
 * happened yet. Everything passes until something is held.
 *
 * @example
 * storage.hold('append');
 * await engine.starter.start(context); // the first step runs and is stored, but not answered
 * storage.letPass('append');
 */
export class DelayedStorage extends InterceptedStorage {
  private readonly held = new Map<StorageMethod, HeldPart>();
  private waiting: readonly WaitingCall[] = [];

  /** The methods of the waiting calls, in order of their arrival. */
  get waitingCalls(): readonly StorageMethod[] {
    return this.waiting.map(({ method }) => method);
  }

  /** Holds the calls of this method from now on, before they happen or before their answers. */
  hold(method: StorageMethod, part: HeldPart = 'answer'): void {
    this.held.set(method, part);
  }

  /**
   * Lets the first waiting call of this method pass and continues to hold the others.
   *
   * @throws Error if no call of this method waits.
   */
  letOnePass(method: StorageMethod): void {
    const first = this.waiting.find((call) => call.method === method);
    this.waiting = this.waiting.filter((call) => call !== first);
    if (first === undefined) throw new Error(`no call of "${method}" waits`);
    first.pass();
  }

  /** Stops holding this method: waiting calls pass in their order, and so do later ones. */
  letPass(method: StorageMethod): void {
    this.held.delete(method);
    const passing = this.waiting.filter((call) => call.method === method);
    this.waiting = this.waiting.filter((call) => call.method !== method);
    for (const { pass } of passing) pass();
  }

  protected async around<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    const part = this.held.get(method);
    if (part === 'call') await this.wait(method);
    const answer = await call();
    if (part === 'answer') await this.wait(method);
    return answer;
  }

  private wait(method: StorageMethod): Promise<void> {
    return new Promise((resolve) => {
      this.waiting = [...this.waiting, { method, pass: resolve }];
    });
  }
}
