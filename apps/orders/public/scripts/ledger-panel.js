import { element, formatTime } from './elements.js';
import { findEffects } from './orders-api.js';

/** Shows what the services really did for an order. */
export class LedgerPanel {
  #rows = document.querySelector('#ledger');
  #empty = document.querySelector('#ledger-empty');
  #sagaId;
  #asked = 0;
  #drawn = 0;

  /** From now on this order is shown, and nothing of another one; without an id, none is. */
  follow(sagaId) {
    this.#sagaId = sagaId;
    this.#draw([]);
  }

  async refresh() {
    const sagaId = this.#sagaId;
    if (!sagaId) return;
    this.#asked += 1;
    const question = this.#asked;
    try {
      const effects = await findEffects(sagaId);
      // Answers can overtake each other, and come when another order is shown.
      if (sagaId !== this.#sagaId || question < this.#drawn) return;
      this.#drawn = question;
      this.#draw(effects);
    } catch {
      // The server is gone at the moment: the next event refreshes it.
    }
  }

  #draw(effects) {
    this.#empty.hidden = effects.length > 0;
    this.#rows.replaceChildren(...effects.map(drawEffect));
  }
}

function drawEffect({ service, description, calls, undo }) {
  const asked = calls === 1 ? '1' : `${calls}, one effect`;
  const undone = undo ? `${undo.description}, ${formatTime(undo.undoneAt)}` : '';
  const cells = [service, description, asked, undone].map((text) => element('td', {}, text));
  return element('tr', { className: undo ? 'undone' : '' }, ...cells);
}
