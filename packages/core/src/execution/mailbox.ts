import type { AttemptEnd } from './attempt-end.js';

/**
 * Wakes an executor. `branch-ended`: an attempt of a branch ended. `news`: the journal has an entry of another writer. `timer`: a wait or the deadline is over.
 * `stop`: this process has to stop running the saga.
 */
export type Message =
  | { readonly kind: 'attempt-ended'; readonly end: AttemptEnd }
  | { readonly kind: 'branch-ended' }
  | { readonly kind: 'news' }
  | { readonly kind: 'timer' }
  | { readonly kind: 'stop' };

/** The messages of one executor, in order. */
export class Mailbox {
  private readonly messages: Message[] = [];
  private wake: (() => void) | undefined;

  /** Distinguishes it from the end of an attempt. */
  get kind(): 'mailbox' {
    return 'mailbox';
  }

  get isEmpty(): boolean {
    return this.messages.length === 0;
  }

  post(message: Message): void {
    this.messages.push(message);
    this.wake?.();
    this.wake = undefined;
  }

  /** Resolves with the next message. Only one caller waits at a time. */
  async next(): Promise<Message> {
    for (;;) {
      const message = this.messages.shift();
      if (message !== undefined) return message;
      await this.awaitNext();
    }
  }

  /** Resolves when there is a message. Only one caller waits at a time. */
  async awaitNext(): Promise<void> {
    if (!this.isEmpty) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }

  /** Removes all news, because one read answers them all. Returns whether there were any. */
  takeNews(): boolean {
    const others = this.messages.filter(({ kind }) => kind !== 'news');
    const hasNews = others.length < this.messages.length;
    this.messages.splice(0, this.messages.length, ...others);
    return hasNews;
  }
}
