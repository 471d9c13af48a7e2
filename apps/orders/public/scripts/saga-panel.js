import { element, formatTime, setText } from './elements.js';
import { describeEntry, drawSteps, endOfWait, mergeEntries, stagesOf } from './saga-model.js';

const stateWords = {
  waiting: 'not yet',
  held: 'waits for an answer',
  running: 'running',
  done: 'done',
  failed: 'failed',
  undoing: 'being undone',
  undone: 'undone',
  'undo-failed': 'could not be undone',
  unused: 'not needed',
};

/** Draws one saga: its steps, how it ended and its journal. */
export class SagaPanel {
  #status = document.querySelector('#saga-status');
  #order = document.querySelector('#saga-order');
  #steps = document.querySelector('#saga-steps');
  #outcome = document.querySelector('#saga-outcome');
  #log = document.querySelector('#saga-log');

  draw(order, results) {
    // Of an order that waits no process has anything to do: that is not what people call running.
    const status = order.waiting && order.status === 'running' ? 'waiting' : order.status;
    setText(this.#status, status);
    this.#status.dataset.status = status;
    const { customer, quantity, item, destination, totalCents } = order.order;
    const price = totalCents === undefined ? '' : ` for ${(totalCents / 100).toFixed(2)} EUR`;
    const words = `${quantity} × ${item} to ${destination}${price}, ordered by ${customer}. `;
    this.#order.replaceChildren(words, element('code', {}, order.sagaId));
    const entries = mergeEntries(order.history, results);
    this.#drawSteps(entries, order.status, stagesOf(order.saga));
    setText(this.#outcome, outcomeOf(order));
    this.#outcome.hidden = this.#outcome.textContent === '';
    this.#drawLog(entries);
  }

  drawNothing(text) {
    this.#status.textContent = 'none';
    this.#status.dataset.status = 'none';
    this.#order.textContent = text;
    this.#outcome.hidden = true;
    this.#steps.replaceChildren();
    this.#log.replaceChildren();
  }

  #drawSteps(entries, status, stages) {
    const drawn = drawSteps(entries, status, stages);
    this.#steps.dataset.stages = stages.length;
    this.#steps.replaceChildren(
      ...stages.map((stage) => {
        const boxes = [drawStep(stage, drawn.get(stage.step))];
        if (stage.alternative) boxes.push(drawStep(stage.alternative, drawn.get(stage.alternative.step)));
        return element('li', { className: 'stage' }, ...boxes);
      }),
    );
  }

  #drawLog(entries) {
    this.#log.replaceChildren(
      ...entries.map((entry) =>
        element(
          'li',
          {},
          element('span', { className: 'seq' }, String(entry.seq)),
          element(
            'span',
            { className: entry.kind === 'claimed' && !entry.isParked ? 'recovery' : '' },
            describeEntry(entry),
          ),
          element('time', { dateTime: entry.at }, formatTime(entry.at)),
        ),
      ),
    );
  }
}

function drawStep({ step, name, when }, drawn) {
  const { state, detail } = drawn;
  const words = wordsOf(drawn, when);
  const box = element(
    'div',
    { className: 'step' },
    element('span', { className: 'step-name' }, name),
    element('span', { className: 'step-state' }, words),
    ...(detail ? [element('span', { className: 'step-detail' }, detail)] : []),
  );
  box.dataset.state = state;
  box.dataset.step = step;
  return box;
}

// "Undone" alone would say that the step had worked: a shipment that failed sent no parcel to call back.
function wordsOf({ state, word, hasFailed, isByHand }, when) {
  if (word) return word;
  if (state === 'waiting' && when) return `only ${when}`;
  if (isByHand) return `${stateWords[state]} by hand`;
  if (hasFailed && state === 'undone') return 'failed, then undone';
  if (hasFailed && state === 'undoing') return 'failed, being undone';
  return stateWords[state];
}

function outcomeOf({ status, failure, stuck }) {
  if (status === 'completed') return 'The order is placed.';
  if (status === 'failed' && failure?.reason === 'cancelled')
    return 'Cancelled. Everything that was done is undone.';
  if (status === 'failed')
    return `${failure ? endOfWait(failure.step, failure).detail : ''} Everything that was done is undone.`;
  if (status === 'stuck') return `A person has to help: ${stuck?.message ?? ''}`;
  return '';
}
