import { HelpButtons } from './help-buttons.js';
import { LedgerPanel } from './ledger-panel.js';
import { OrderFeed } from './order-feed.js';
import { OrderForm } from './order-form.js';
import { cancelOrder, findOrder } from './orders-api.js';
import { SagaPanel } from './saga-panel.js';
import { ServerPanel } from './server-panel.js';
import { WaitPanel } from './wait-panel.js';

const sagaPanel = new SagaPanel();
const ledgerPanel = new LedgerPanel();
const serverPanel = new ServerPanel();
const helpButtons = new HelpButtons();
const waitPanel = new WaitPanel();
const cancelButton = document.querySelector('#cancel');
const status = document.querySelector('#saga-status');

let feed;
let shown;

new OrderForm().listen((order) => {
  // In the address, so that a reload, or another tab, shows the same order.
  history.replaceState(null, '', `#${order.sagaId}`);
  follow(order.sagaId);
  // On a phone the saga is below the buttons.
  document.querySelector('#saga').scrollIntoView({ block: 'nearest' });
});

// Its stream ended when it got stuck: it is followed anew.
helpButtons.listen({ onHelped: follow, onRefused: (sagaId) => void refresh(sagaId, feed.results) });

waitPanel.listen({ onAnswered: show, onRefused: (sagaId) => void refresh(sagaId, feed.results) });

cancelButton.addEventListener('click', () => void cancel());

// A takeover by another process is no step's result: while an order runs, its journal is looked at as well.
setInterval(() => {
  const isOpen = shown && ['pending', 'running', 'compensating'].includes(shown.status);
  if (isOpen) void refresh(feed.sagaId, feed.results);
}, 1000);

addEventListener('hashchange', followAddress);
followAddress();
void serverPanel.look();

function followAddress() {
  const sagaId = location.hash.slice(1);
  if (sagaId && sagaId !== feed?.sagaId) follow(sagaId);
}

function follow(sagaId) {
  feed?.close();
  shown = undefined;
  cancelButton.disabled = true;
  helpButtons.show(undefined);
  waitPanel.show(undefined);
  ledgerPanel.follow(sagaId);
  feed = new OrderFeed(sagaId, {
    onDetails: show,
    onResult: (results) => void refresh(sagaId, results),
    onLost: () => {
      status.textContent = 'server gone';
      status.dataset.status = 'stuck';
      cancelButton.disabled = true;
    },
    onGone: () => {
      ledgerPanel.follow(undefined);
      sagaPanel.drawNothing('There is no such order.');
    },
  });
  void feed.open();
}

/** A result says what happened; the journal around it, and the status, are asked for. */
async function refresh(sagaId, results) {
  if (shown) sagaPanel.draw(shown, results);
  try {
    const order = await findOrder(sagaId);
    if (feed.sagaId === sagaId) show(order);
  } catch {
    // The feed notices that the server is gone, and asks again.
  }
}

function show(order) {
  if (order.sagaId !== feed.sagaId) return;
  // Answers can overtake each other: the longer journal is the newer one.
  if (shown && shown.history.length > order.history.length) return;
  shown = order;
  sagaPanel.draw(order, feed.results);
  cancelButton.disabled = order.status !== 'running' && order.status !== 'pending';
  helpButtons.show(order);
  waitPanel.show(order);
  void ledgerPanel.refresh();
}

async function cancel() {
  cancelButton.disabled = true;
  try {
    const order = await cancelOrder(feed.sagaId);
    show(order);
  } catch {
    // It has ended in between, or the server is gone: the feed will say which.
  }
}
