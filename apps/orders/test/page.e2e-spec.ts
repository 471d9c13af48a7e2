import { readFile } from 'node:fs/promises';
import type { Browser, Route } from 'playwright-core';
import type { OrderDetails } from '../src/orders/orders-reader.js';
import { describeInBrowser, launchBrowser } from './support/browser.js';
import {
  afterNextFrame,
  findFocusedScenario,
  hasKeptResults,
  readRecordedStates,
  recordStates,
} from './support/in-page.js';
import { OrdersPage } from './support/orders-page.js';
import { describePage, keepPicture, pictureFile, picturedFile } from './support/picture.js';
import { useOrders } from './support/start-orders.js';

describeInBrowser('the orders page', () => {
  const orders = useOrders({ canBeKilled: true });
  let browser: Browser;
  let page: OrdersPage;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    page = await OrdersPage.open(browser, orders.client.url);
  });

  afterEach(() => page.close());

  it('draws a good order step by step to its end', async () => {
    await page.scenario('good').click();

    await page.untilStatus('completed');
    expect(await page.steps()).toEqual({
      'reserve-inventory': 'done',
      'charge-payment': 'done',
      'send-invoice': 'unused',
      'ship-order': 'done',
    });
    await page.untilText('#ledger', 'booked a parcel');
    expect(await page.ledger()).toEqual([
      'inventory reserved 2 × book 1',
      'payment charged 38.00 EUR 1',
      'shipping booked a parcel 1',
    ]);
  });

  it('draws an unknown item as a first step that failed, with nothing to undo', async () => {
    await page.scenario('unknown-item').click();

    await page.untilStatus('failed');
    expect(await page.steps()).toMatchObject({ 'reserve-inventory': 'failed', 'ship-order': 'unused' });
    await page.untilText('#saga-outcome', 'There is no item "unicorn".');
    expect(await page.ledger()).toEqual([]);
  });

  it('draws a declined card with the reservation undone', async () => {
    await page.scenario('declined').click();

    await page.untilStatus('failed');
    expect(await page.steps()).toMatchObject({ 'reserve-inventory': 'undone', 'charge-payment': 'failed' });
    await page.untilText('#ledger', 'released');
    expect(await page.ledger()).toEqual([expect.stringMatching(/^inventory reserved 2 × book 1 released, /)]);
  });

  it('draws the invoice in place of the payment while the gateway is down', async () => {
    await page.scenario('gateway-down').click();

    await page.untilStatus('completed');
    expect(await page.steps()).toMatchObject({ 'charge-payment': 'failed', 'send-invoice': 'done' });
    await page.untilText('#ledger', 'sent an invoice of 38.00 EUR');
  });

  it('draws a shipping outage with everything undone, and the journal in the order of what happened', async () => {
    await page.scenario('outage').click();

    await page.untilStatus('failed');
    expect(await page.steps()).toMatchObject({
      'reserve-inventory': 'undone',
      'charge-payment': 'undone',
      'ship-order': 'undone',
    });
    expect((await page.journal()).slice(-3)).toEqual([
      'Ship order: undone',
      'Charge payment: undone',
      'Reserve inventory: undone',
    ]);
    await page.untilText('#ledger', 'refunded');
  });

  it('draws a refused refund as stuck, and leaves the reservation in place', async () => {
    await page.scenario('stuck').click();

    await page.untilStatus('stuck');
    expect(await page.steps()).toMatchObject({
      'reserve-inventory': 'done',
      'charge-payment': 'undo-failed',
    });
    await page.untilText('#saga-outcome', 'A person has to help');
    expect(await page.button('Not done: undo the rest').isHidden()).toBe(true);
  });

  it('lets a person say that a refused refund was made by hand, and undoes the rest', async () => {
    await page.scenario('stuck').click();
    await page.untilStatus('stuck');

    await page.button('Done by hand').click();

    await page.untilStatus('failed');
    await page.untilStep('reserve-inventory', 'undone');
    await page.untilText('[data-step="charge-payment"]', 'undone by hand');
    expect(await page.journal()).toContain('Charge payment: done by hand');
    expect(await page.button('Done by hand').isHidden()).toBe(true);
  });

  it('lets a person try a refused refund again, which is refused again', async () => {
    await page.scenario('stuck').click();
    await page.untilStatus('stuck');

    await page.button('Try again').click();

    await page.untilText('#saga-log', 'A person asked for another try');
    await page.untilText('#saga-log li:last-child', 'could not be undone');
    await page.untilStatus('stuck');
    expect(await page.button('Try again').isEnabled()).toBe(true);
  });

  it('lets a person say of an act that its processes died in that it is not done', async () => {
    await page.scenario('slow').click();
    await page.untilStep('ship-order', 'running');
    await page.page.route(isJournal, async (route) => {
      const response = await route.fetch();
      const order = (await response.json()) as OrderDetails;
      const stuck = { reason: 'recovery-exhausted', step: 'ship-order', message: 'five processes died' };
      return route.fulfill({ response, json: { ...order, status: 'stuck', stuck } });
    });
    await page.page.reload();
    await page.untilStatus('stuck');

    const asked = page.page.waitForRequest(/\/resolve/);
    await page.button('Not done: undo the rest').click();

    expect((await asked).postDataJSON()).toMatchObject({ step: 'ship-order', outcome: 'not-done' });
  });

  it('offers no help to an order that needs none', async () => {
    await page.scenario('good').click();
    await page.untilStatus('completed');

    expect(await page.button('Try again').isHidden()).toBe(true);
    expect(await page.button('Done by hand').isHidden()).toBe(true);
  });

  it('says of a shipment that failed that it failed, and was undone then', async () => {
    await page.scenario('outage').click();

    await page.untilStatus('failed');

    await page.untilText('[data-step="ship-order"]', 'failed, then undone');
    const payment = await page.page.locator('[data-step="charge-payment"]').innerText();
    expect(payment).not.toContain('failed');
  });

  it('cancels a slow shipment and draws the undo of all three steps', async () => {
    await page.scenario('slow').click();
    await page.untilStep('ship-order', 'running');
    await page.untilText('#ledger', 'booked a parcel');

    await page.button('Cancel this order').click();

    await page.untilStatus('failed');
    expect(await page.steps()).toMatchObject({ 'reserve-inventory': 'undone', 'ship-order': 'undone' });
    await page.untilText('#saga-outcome', 'Cancelled');
    await page.untilText('#ledger', 'called back');
    expect(await page.button('Cancel this order').isDisabled()).toBe(true);
  });

  it('loaded again in the middle of an order, continues after the last event it had', async () => {
    await page.scenario('slow').click();
    await page.page.waitForFunction(hasKeptResults, 2);
    const stream = page.page.waitForRequest(/\/events/);

    await page.page.reload();

    expect(new URL((await stream).url()).searchParams.get('lastEventId')).toBe('2');
    await page.untilStep('ship-order', 'running');
    expect(await page.steps()).toMatchObject({ 'reserve-inventory': 'done', 'charge-payment': 'done' });
    await page.button('Cancel this order').click();
    await page.untilStatus('failed');
    expect(await page.steps()).toMatchObject({ 'reserve-inventory': 'undone', 'charge-payment': 'undone' });
  });

  it('draws the steps from the stream alone, if nothing else is answered any more', async () => {
    await answerNothingButTheStream();
    await page.scenario('slow').click();

    await page.untilStep('charge-payment', 'done');

    expect(await page.steps()).toMatchObject({ 'reserve-inventory': 'done', 'ship-order': 'running' });
  });

  it('draws an undo while it is tried, and none behind one that was given up, before it knows the saga as stuck', async () => {
    await answerNothingButTheStream();
    await page.page.evaluate(recordStates);
    await page.scenario('stuck').click();

    await page.untilStep('charge-payment', 'undo-failed');

    const drawn = await page.page.evaluate(readRecordedStates);
    expect(drawn).toContainEqual(
      expect.objectContaining({
        'reserve-inventory': 'done',
        'charge-payment': 'undoing',
        'ship-order': 'undone',
      }),
    );
    expect(drawn.filter((states) => states['reserve-inventory'] === 'undoing')).toEqual([]);
  });

  it('shows a customer called <img src=x onerror=alert(1)> as that text, and runs nothing', async () => {
    const name = '<img src=x onerror=alert(1)>';
    await page.field('customer').fill(name);

    await page.button('Place this order').click();

    await page.untilStatus('completed');
    await page.untilText('#saga-order', name);
    expect(await page.page.locator('img').count()).toBe(0);
  });

  it('shows an item of that name as text as well, in the order, the error and the journal', async () => {
    const item = '<img src=x onerror=alert(1)>';
    const { body } = await orders.client.place({ item });

    await page.page.goto(`${orders.client.url}/#${body.sagaId}`);

    await page.untilStatus('failed');
    for (const selector of ['#saga-order', '#saga-outcome', '[data-step="reserve-inventory"]', '#saga-log'])
      await page.untilText(selector, item);
    expect(await page.page.locator('img').count()).toBe(0);
  });

  it('marks the field that is wrong and says why', async () => {
    await page.field('quantity').fill('0');

    await page.button('Place this order').click();

    await page.untilText('[role="alert"]', 'quantity');
    expect(await page.field('quantity').getAttribute('aria-invalid')).toBe('true');
    expect(await page.field('customer').getAttribute('aria-invalid')).toBe('false');
  });

  it('says that there is no such order, and shows nothing of the one before', async () => {
    await page.scenario('slow').click();
    await page.untilText('#ledger', 'booked a parcel');

    await page.page.goto(`${orders.client.url}/#00000000-0000-4000-8000-000000000000`);

    await page.untilText('#saga-order', 'There is no such order.');
    expect(await page.ledger()).toEqual([]);
    expect(await page.button('Cancel this order').isDisabled()).toBe(true);
  });

  it('draws the ledger of the order that is shown, however late the answer about another one comes', async () => {
    const held: Route[] = [];
    let isHeld = true;
    await page.page.route(/\/ledger/, (route) => (isHeld ? void held.push(route) : route.continue()));
    await page.scenario('good').click();
    await page.untilStatus('completed');
    expect(held.length).toBeGreaterThan(0);
    isHeld = false;

    await page.scenario('gateway-down').click();
    await page.untilText('#ledger', 'sent an invoice');
    const answers = held.map(async (route) => {
      const answered = page.page.waitForResponse(route.request().url());
      await route.continue();
      await answered;
    });
    await Promise.all(answers);
    await page.page.evaluate(afterNextFrame);

    expect((await page.ledger()).join('\n')).toContain('sent an invoice');
  });

  it('is worked with the keyboard alone', async () => {
    const { keyboard } = page.page;
    await keyboard.press('Tab');
    expect(await page.page.evaluate(findFocusedScenario)).toBe('good');

    await keyboard.press('Enter');

    await page.untilStatus('completed');
  });

  it('has an order of ones own filled in, placed and cancelled with the keyboard alone', async () => {
    const { keyboard } = page.page;
    await page.tabTo(page.field('customer'));
    await keyboard.press('ControlOrMeta+A');
    await keyboard.type('Grace');
    await page.tabTo(page.field('destination'));
    await keyboard.type('far');
    await page.tabTo(page.button('Place this order'));
    await keyboard.press('Enter');
    await page.untilText('#saga-order', 'to far-away');
    await page.untilText('#saga-order', 'ordered by Grace');
    await page.untilStep('ship-order', 'running');

    await page.tabTo(page.button('Cancel this order'));
    await keyboard.press('Space');

    await page.untilStatus('failed');
    await page.untilText('#saga-outcome', 'Cancelled');
  });

  it('is the page of the picture in the README, which UPDATE_PICTURE=1 makes again', async () => {
    await page.page.setViewportSize({ width: 1280, height: 860 });
    await page.scenario('outage').click();
    await page.untilStatus('failed');
    await page.untilText('#ledger', 'refunded');
    await page.page.mouse.move(0, 0);

    const picture = await page.page.screenshot();

    if (process.env['UPDATE_PICTURE'] === '1') await keepPicture(picture);
    expect(sizeOf(await readFile(pictureFile))).toEqual(sizeOf(picture));
    // Letters look different on each machine, so it is the page that is compared, not the picture.
    expect(await readFile(picturedFile, 'utf8')).toBe(await describePage());
  });

  async function answerNothingButTheStream(): Promise<void> {
    let isFirst = true;
    await page.page.route(isJournal, async (route) => {
      if (!isFirst) return route.abort();
      isFirst = false;
      // Everything until now is left out: it can come through the stream only.
      const response = await route.fetch();
      const order = (await response.json()) as OrderDetails;
      return route.fulfill({ response, json: { ...order, status: 'running', history: [] } });
    });
  }
});

/** The answer about one order: its journal, not its events. */
function isJournal({ pathname }: URL): boolean {
  return /^\/orders\/[^/]+$/.test(pathname);
}

/** Width and height of a PNG: the first two fields of its header. */
function sizeOf(png: Buffer): { readonly width: number; readonly height: number } {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}
