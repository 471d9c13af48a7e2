import type { StepScript } from './step-script.js';

/**
 * Holds attempts of a scripted step until the test opens it.
 *
 * @example
 * const gate = new StepGate();
 * const charge = new ScriptedStep('charge', { act: [gate.waits()] });
 * // ... the saga stands in the middle of `charge` ...
 * gate.open({ chargeId: 'c-1' });
 */
export class StepGate {
  private readonly waiting = new Set<{
    readonly resolve: (response: unknown) => void;
    readonly reject: (error: unknown) => void;
  }>();
  private readonly signals: AbortSignal[] = [];

  /** Attempts that stand at the gate. */
  get held(): number {
    return this.waiting.size;
  }

  /** Why the attempts that were told to stop were told so, in order. */
  get abortReasons(): readonly unknown[] {
    return this.signals.filter(({ aborted }) => aborted).map(({ reason }) => reason as unknown);
  }

  /** The attempt stands until the gate opens or breaks, or until its signal fires: it throws the signal's reason then. */
  waits(): StepScript {
    return (_context, run) =>
      new Promise((resolve, reject) => {
        const held = { resolve, reject };
        this.waiting.add(held);
        this.signals.push(run.signal);
        run.signal.addEventListener('abort', () => {
          if (!this.waiting.delete(held)) return;
          reject(run.signal.reason instanceof Error ? run.signal.reason : new Error('aborted'));
        });
      });
  }

  /** As `waits`, for an attempt that does not listen to its signal. */
  waitsDeaf(): StepScript {
    return (_context, run) =>
      new Promise((resolve, reject) => {
        this.signals.push(run.signal);
        this.waiting.add({ resolve, reject });
      });
  }

  /** Lets everyone at the gate answer this response. Who comes later waits again. */
  open(response?: unknown): void {
    for (const { resolve } of this.take()) resolve(response);
  }

  /** Lets everyone at the gate throw this. */
  break(error: unknown): void {
    for (const { reject } of this.take()) reject(error);
  }

  private take() {
    const waiting = [...this.waiting];
    this.waiting.clear();
    return waiting;
  }
}
