import { setText } from './elements.js';
import { decideOrder, payOrder } from './orders-api.js';

const tickMs = 250;

/** Shows what an order waits for and until when, with the buttons that answer it. */
export class WaitPanel {
  #panel = document.querySelector('#wait');
  #title = document.querySelector('#wait-title');
  #question = document.querySelector('#wait-question');
  #rest = document.querySelector('#wait-rest');
  #pay = document.querySelector('#pay');
  #decision = document.querySelector('#decision');
  #error = document.querySelector('#wait-error');
  #order;

  constructor() {
    setInterval(() => this.#drawRest(), tickMs);
  }

  /** Makes the buttons work. `onAnswered(order)` is told the order after an answer; `onRefused(sagaId)`, that there was none. */
  listen({ onAnswered, onRefused }) {
    const answer = async (send) => {
      const { sagaId } = this.#order;
      this.#enable(false);
      this.#error.hidden = true;
      try {
        onAnswered(await send(sagaId));
      } catch (error) {
        this.#error.textContent =
          error.problems?.join(' ') ?? 'The server does not answer. Is it starting again?';
        this.#error.hidden = false;
        onRefused(sagaId);
      }
      this.#enable(true);
    };
    this.#pay.addEventListener('click', () => void answer(payOrder));
    this.#decision.addEventListener('submit', (event) => {
      event.preventDefault();
      const { actor, note } = Object.fromEntries(new FormData(this.#decision));
      void answer((sagaId) => decideOrder(sagaId, event.submitter.value, { actor, note }));
    });
  }

  /** Shows the wait of this order; nothing, if it does not wait. */
  show(order) {
    if (order?.sagaId !== this.#order?.sagaId) this.#error.hidden = true;
    this.#order = order;
    const waiting = order?.waiting;
    this.#panel.hidden = !waiting;
    if (!waiting) return;
    const isApproval = waiting.for === 'approval';
    setText(this.#title, titleOf(waiting));
    setText(this.#question, waiting.title ?? '');
    this.#question.hidden = !waiting.title;
    this.#pay.hidden = waiting.for !== 'signal';
    this.#decision.hidden = !isApproval;
    this.#drawRest();
  }

  #drawRest() {
    const { until, for: what } = this.#order?.waiting ?? {};
    if (this.#panel.hidden) return;
    if (!until) return setText(this.#rest, 'It waits for as long as it takes.');
    const restMs = Math.max(0, new Date(until).getTime() - Date.now());
    const follows = what === 'signal' || what === 'approval' ? 'cancels itself' : 'goes on';
    setText(this.#rest, restMs === 0 ? 'The time is over.' : `It ${follows} in ${formatRest(restMs)}.`);
  }

  #enable(isEnabled) {
    for (const button of this.#panel.querySelectorAll('button')) button.disabled = !isEnabled;
  }
}

function titleOf({ for: what }) {
  if (what === 'signal') return 'Waits for the money';
  if (what === 'approval') return 'Waits for a person to approve it';
  return what === 'retry' ? 'Waits for its next attempt' : 'Waits for its time';
}

/** Minutes and seconds, or hours before them: as a clock that runs backwards. */
function formatRest(restMs) {
  const seconds = Math.ceil(restMs / 1000);
  const two = (number) => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const clock = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${clock}` : `${minutes}:${clock}`;
}
