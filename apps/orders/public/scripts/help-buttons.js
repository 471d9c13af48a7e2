import { resolveAsNotDone, resolveStep, retryOrder } from './orders-api.js';

/** What a person can do for an order that is stuck: try again, or say that a step was done by hand, or not done. */
export class HelpButtons {
  #retry = document.querySelector('#retry');
  #resolve = document.querySelector('#resolve');
  #notDone = document.querySelector('#not-done');
  #operate = document.querySelector('#operate');
  #order;

  /** `onHelped(sagaId)` is told that the order goes on; `onRefused(sagaId)`, that it did not. */
  listen({ onHelped, onRefused }) {
    const help = async (ask) => {
      const { sagaId, stuck } = this.#order;
      this.#enable(false);
      try {
        await ask(sagaId, stuck?.step);
        onHelped(sagaId);
      } catch {
        onRefused(sagaId);
      }
    };
    this.#retry.addEventListener('click', () => void help(retryOrder));
    this.#resolve.addEventListener('click', () => void help(resolveStep));
    this.#notDone.addEventListener('click', () => void help(resolveAsNotDone));
  }

  /** Shows what helps this order; nothing, if it is not stuck. */
  show(order) {
    this.#order = order;
    const isStuck = order?.status === 'stuck';
    this.#retry.hidden = !isStuck;
    // Without a step there is nothing that a person could have done by hand.
    this.#resolve.hidden = !isStuck || !order.stuck?.step;
    // Of an undo there is no such word: an order that goes back has failed already.
    this.#notDone.hidden = this.#resolve.hidden || order.failure !== undefined;
    this.#operate.hidden = !isStuck;
    if (isStuck) this.#operate.href = `/ops/sagas/page#/sagas/${encodeURIComponent(order.sagaId)}`;
    this.#enable(true);
  }

  #enable(isEnabled) {
    this.#retry.disabled = !isEnabled;
    this.#resolve.disabled = !isEnabled;
    this.#notDone.disabled = !isEnabled;
  }
}
