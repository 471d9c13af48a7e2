import type { Browser } from 'playwright-core';
import { describeInBrowser, launchBrowser } from './support/browser.js';
import { OrdersPage } from './support/orders-page.js';
import { startProgram, type RunningProgram } from './support/server-process.js';
import { makeDatabase, type TestDatabase } from './support/start-orders.js';

describeInBrowser('the orders page and the death of its server', () => {
  let browser: Browser;
  let database: TestDatabase;
  let running: RunningProgram;

  beforeAll(async () => {
    [browser, database] = await Promise.all([launchBrowser(), makeDatabase()]);
    running = await startProgram('main.ts', {
      DATABASE_URL: database.url,
      PORT: '0',
      SLOW_SHIPMENT_MS: '4000',
    });
  });

  afterAll(async () => {
    await browser.close();
    await running.end('SIGTERM');
    await database.drop();
  });

  it('used with the keyboard, shows that the server is gone, that another process claimed the order, and its good end', async () => {
    const page = await OrdersPage.open(browser, running.client.url);
    await page.scenario('slow').click();
    await page.untilText('#ledger', 'booked a parcel');

    await page.tabTo(page.button('Kill the server (kill -9)'));
    await page.page.keyboard.press('Enter');

    await page.untilText('#saga-status', 'server gone');
    await page.untilText('#server-note', 'took its place');
    await page.untilText('#saga-log', 'Taken over by a new server process');
    await page.untilStatus('completed');
    expect(await page.steps()).toMatchObject({ 'reserve-inventory': 'done', 'ship-order': 'done' });
    await page.untilText('#ledger', '2, one effect');
    expect(await page.ledger()).toEqual([
      'inventory reserved 2 × book 1',
      'payment charged 38.00 EUR 1',
      'shipping booked a parcel 2, one effect',
    ]);
    await page.close();
  });
});
