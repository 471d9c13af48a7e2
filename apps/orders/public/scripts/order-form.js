import { placeOrder } from './orders-api.js';

/** What each ready-made order says differently from a good one. */
const scenarios = {
  good: {},
  'unknown-item': { item: 'unicorn' },
  declined: { card: 'card-declined' },
  'gateway-down': { card: 'card-gateway-down' },
  outage: { destination: 'atlantis' },
  slow: { destination: 'far-away' },
  prepaid: { card: 'transfer' },
  large: { item: 'chair', quantity: '40' },
  stuck: { card: 'card-no-refund', destination: 'atlantis' },
};

const goodOrder = { item: 'book', quantity: '2', card: 'card-ok', destination: 'Berlin' };

/** The form and the ready-made orders, which fill it in and send it. */
export class OrderForm {
  #form = document.querySelector('#order-form');
  #error = document.querySelector('#form-error');

  /** Makes it work. `onPlaced` is told each order that was taken. */
  listen(onPlaced) {
    this.onPlaced = onPlaced;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#place();
    });
    document.querySelector('#scenarios').addEventListener('click', ({ target }) => {
      const scenario = scenarios[target.closest('button')?.dataset.scenario];
      if (!scenario) return;
      for (const [name, value] of Object.entries({ ...goodOrder, ...scenario })) {
        this.#form.elements.namedItem(name).value = value;
      }
      void this.#place();
    });
  }

  async #place() {
    this.#show([]);
    const { quantity, ...texts } = Object.fromEntries(new FormData(this.#form));
    try {
      this.onPlaced(await placeOrder({ ...texts, quantity: Number(quantity) }));
    } catch (error) {
      this.#show(error.problems ?? ['The server does not answer. Is it starting again?']);
    }
  }

  #show(problems) {
    this.#error.textContent = problems.join(' ');
    this.#error.hidden = problems.length === 0;
    for (const field of this.#form.elements) {
      if (!field.name) continue;
      const isWrong = problems.some((problem) => problem.startsWith(`${field.name}:`));
      field.setAttribute('aria-invalid', String(isWrong));
      if (isWrong) field.setAttribute('aria-describedby', this.#error.id);
    }
  }
}
