import { element, formatTime } from './elements.js';
import { findEffects } from './orders-api.js';

/** Shows what the services really did for an order. */
export class LedgerPanel {
  #rows = document.querySelector('#ledger');
  #empty = document.querySelector('#ledger-empty');

  async refresh(sagaId) {
    try {
      this.draw(await findEffects(sagaId));
    } catch {
      // The server is gone at the moment: the next event refreshes it.
    }
  }

  draw(effects) {
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
