import type { StepScript } from './step-script.js';

/**
 * Holds attempts of a scripted step until the test opens it.
 *
 * @example
 * const gate = new StepGate();
 * const charge = new ScriptedStep('charge', { act: [gate.waits()] });
 * // ... the saga runs `charge` ...
 * gate.open({ chargeId: 'c-1' });
 */
export class StepGate {
  private readonly waiting = new Set<{
    readonly resolve: (response: unknown) => void;
    readonly reject: (error: unknown) => void;
  }>();
  private readonly signals: AbortSignal[] = [];

  /** The number of attempts that wait at the gate. */
  get held(): number {
    return this.waiting.size;
  }

  /** The abort reasons of the attempts whose signals fired, in order. */
  get abortReasons(): readonly unknown[] {
    return this.signals.filter(({ aborted }) => aborted).map(({ reason }) => reason as unknown);
  }

  /**
   * The attempt waits until the gate opens or breaks. If its signal fires first, the attempt throws the signal's
   * reason.
   */
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

  /** Like `waits`, for an attempt that ignores its signal. */
  waitsDeaf(): StepScript {
    return (_context, run) =>
      new Promise((resolve, reject) => {
        this.signals.push(run.signal);
        this.waiting.add({ resolve, reject });
      });
  }

  /** All attempts at the gate return this response. Later attempts wait again. */
  open(response?: unknown): void {
    for (const { resolve } of this.take()) resolve(response);
  }

  /** All attempts at the gate throw this error. */
  break(error: unknown): void {
    for (const { reject } of this.take()) reject(error);
  }

  private take() {
    const waiting = [...this.waiting];
    this.waiting.clear();
    return waiting;
  }
}
