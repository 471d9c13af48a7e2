import type { Browser } from 'playwright-core';
import { describeInBrowser, launchBrowser } from './support/browser.js';
import { findPoorContrasts, findWidth } from './support/in-page.js';
import { OrdersPage } from './support/orders-page.js';
import { startProgram } from './support/server-process.js';
import { makeDatabase, useOrders } from './support/start-orders.js';

describeInBrowser('the orders page and orders that wait', () => {
  const orders = useOrders({ paymentTimeoutMs: 3_600_000 });
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

  it('shows that a prepaid order waits for the money and until when, and continues once it is paid', async () => {
    await page.scenario('prepaid').click();
    await page.untilStatus('waiting');
    await page.untilStep('payment', 'held');
    await page.untilText('#wait-title', 'Waits for the money');
    expect(await page.page.locator('#wait-rest').innerText()).toMatch(
      /^It cancels itself in (1:00|59):\d\d\.$/,
    );
    expect(await page.button('Approve').isHidden()).toBe(true);

    await page.button('Pay: the webhook arrives').click();

    await page.untilStatus('completed');
    expect(await page.steps()).toEqual({
      'reserve-inventory': 'done',
      payment: 'done',
      'book-payment': 'done',
      'ship-order': 'done',
    });
    expect(await page.journal()).toContain('The webhook came: the money has arrived');
    await page.untilText('#ledger', 'received 38.00 EUR');
    expect(await page.page.locator('#wait').isHidden()).toBe(true);
  });

  it('counts down to the moment at which the order cancels itself', async () => {
    await page.page.clock.install();
    await page.scenario('prepaid').click();
    await page.page.clock.runFor(2_000);
    await page.untilStatus('waiting');

    await page.page.clock.fastForward('31:00');

    await page.untilText('#wait-rest', 'It cancels itself in 2');
  });

  it('continues, too, if the payment service itself sends the webhook, any number of times', async () => {
    await page.scenario('prepaid').click();
    await page.untilStatus('waiting');
    const orderId = new URL(page.page.url()).hash.slice(1);

    const webhook = { orderId, reference: 'transfer-7' };
    const answers = [webhook, webhook].map((body) => orders.client.send('POST', '/webhooks/payments', body));

    expect((await Promise.all(answers)).map(({ status }) => status)).toContain(202);
    await page.untilStatus('completed');
    const heard = (await page.journal()).filter((line) => line.startsWith('The webhook came'));
    expect(heard).toHaveLength(1);
  });

  it('cancels an order that waits, and undoes what was done', async () => {
    await page.scenario('prepaid').click();
    await page.untilStatus('waiting');

    await page.button('Cancel this order').click();

    await page.untilStatus('failed');
    expect(await page.steps()).toMatchObject({ 'reserve-inventory': 'undone', payment: 'unused' });
    expect(await page.page.locator('#wait').isHidden()).toBe(true);
  });

  it('asks a person about a large order, which continues once it is approved', async () => {
    await page.scenario('large').click();
    await page.untilStep('approval', 'held');
    await page.untilText('#wait-question', '40 × chair for 5160.00 EUR, ordered by Ada');
    await page.field('actor').fill('Grace');
    await page.field('note').fill('a good customer');

    await page.button('Approve').click();

    await page.untilStatus('completed');
    expect(await page.journal()).toContain('Approved by Grace: a good customer');
    expect(await page.steps()).toMatchObject({ approval: 'done', 'charge-payment': 'done' });
  });

  it('undoes a large order that is rejected, and says by whom and why', async () => {
    await page.scenario('large').click();
    await page.untilStep('approval', 'held');
    await page.field('actor').fill('Grace');
    await page.field('note').fill('too much');

    await page.button('Reject').click();

    await page.untilStatus('failed');
    expect(await page.steps()).toMatchObject({
      'reserve-inventory': 'undone',
      approval: 'failed',
      'charge-payment': 'unused',
    });
    await page.untilText('#saga-outcome', 'Rejected by Grace (too much).');
    await page.untilText('#ledger', 'released');
  });

  it('is decided with the keyboard alone', async () => {
    await page.scenario('large').click();
    await page.untilStep('approval', 'held');

    await page.tabTo(page.field('note'));
    await page.page.keyboard.type('fine');
    await page.tabTo(page.button('Approve'));
    await page.page.keyboard.press('Enter');

    await page.untilStatus('completed');
    expect(await page.journal()).toContain('Approved by Grace: fine');
  });

  it('shows the second of two people the decision of the first one', async () => {
    await page.scenario('large').click();
    await page.untilStep('approval', 'held');
    const second = await OrdersPage.open(browser, page.page.url());
    await second.untilStep('approval', 'held');
    // Its page learns nothing any more.
    await second.page.route(/\/events|\/orders\/[^/]+$/, (route) => route.abort());
    await page.button('Reject').click();
    await page.untilStatus('failed');

    await second.button('Approve').click();

    await second.untilText('#wait-error', 'FAILED');
    await second.close();
  });

  it('waits on across a reload of the page', async () => {
    await page.scenario('large').click();
    await page.untilStep('approval', 'held');

    await page.page.reload();

    await page.untilStep('approval', 'held');
    await page.untilText('#wait-rest', 'It cancels itself in');
    expect(await page.steps()).toMatchObject({ 'reserve-inventory': 'done', 'ship-order': 'waiting' });
  });

  it.each([320, 768, 1440, 3840])('fits a screen of %i pixels while an order waits', async (width) => {
    await page.page.setViewportSize({ width, height: 900 });
    for (const scenario of ['prepaid', 'large']) {
      await page.scenario(scenario).click();
      await page.untilStatus('waiting');
      expect(await page.page.evaluate(findWidth)).toBeLessThanOrEqual(width);
    }
  });

  it.each(['light', 'dark'] as const)(
    'has a readable contrast in %s colours while an order waits',
    async (colorScheme) => {
      const opened = await OrdersPage.open(browser, orders.client.url, { colorScheme });
      for (const [scenario, step] of [
        ['prepaid', 'payment'],
        ['large', 'approval'],
      ] as const) {
        await opened.scenario(scenario).click();
        await opened.untilStep(step, 'held');
        expect(await opened.page.evaluate(findPoorContrasts)).toEqual([]);
      }
      await opened.close();
    },
  );
});

describeInBrowser('an unpaid order', () => {
  const orders = useOrders({ paymentTimeoutMs: 1_000 });

  it('cancels itself when the time is over, and the page shows it', async () => {
    const browser = await launchBrowser();
    const page = await OrdersPage.open(browser, orders.client.url);

    await page.scenario('prepaid').click();

    await page.untilStatus('failed');
    expect(await page.steps()).toMatchObject({ 'reserve-inventory': 'undone', payment: 'failed' });
    await page.untilText('#saga-outcome', 'The money did not come in time.');
    await page.untilText('#ledger', 'released');
    await page.close();
    await browser.close();
  });
});

describeInBrowser('an order that waits and the death of its server', () => {
  it('still waits, and continues in another process once it is paid', async () => {
    const [browser, database] = await Promise.all([launchBrowser(), makeDatabase()]);
    const running = await startProgram('main.ts', {
      DATABASE_URL: database.url,
      PORT: '0',
      PAYMENT_TIMEOUT_MS: '3600000',
    });
    const page = await OrdersPage.open(browser, running.client.url);
    await page.scenario('prepaid').click();
    await page.untilStatus('waiting');

    await page.button('Kill the server (kill -9)').click();
    await page.untilText('#server-note', 'took its place');
    await page.untilStatus('waiting');
    await page.button('Pay: the webhook arrives').click();

    await page.untilStatus('completed');
    expect((await page.journal()).join()).not.toContain('Taken over');
    await page.close();
    await browser.close();
    await running.end('SIGTERM');
    await database.drop();
  });
});
