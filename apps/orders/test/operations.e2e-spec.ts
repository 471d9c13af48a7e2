import type { Browser } from 'playwright-core';
import { describeInBrowser, launchBrowser } from './support/browser.js';
import { OrdersPage } from './support/orders-page.js';
import { useOrders } from './support/start-orders.js';

describe('the operations page of the demo', () => {
  const orders = useOrders();

  it.each(['/ops/sagas/page', '/ops/sagas/page.js', '/ops/sagas/api/overview'])(
    'gives nothing of %s without the password, and asks for it',
    async (path) => {
      const answer = await fetch(orders.client.url + path);

      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Basic');
      expect(await answer.text()).not.toContain('script');
    },
  );
});

describeInBrowser('an order whose refund was refused', () => {
  const orders = useOrders();
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  it('ends on the operations page, to which the page of the order leads, with a person who resolves it', async () => {
    const opened = await OrdersPage.open(browser, orders.client.url, {
      httpCredentials: { username: 'ada', password: 'demo' },
    });
    await opened.scenario('stuck').click();
    await opened.untilStatus('stuck');
    const [popup] = await Promise.all([
      opened.page.waitForEvent('popup'),
      opened.page.getByRole('link', { name: 'Open it on the operations page' }).click(),
    ]);
    await popup.getByRole('button', { name: 'charge-payment was undone by hand' }).click();
    await popup.getByText('The journal says that you undid “charge-payment” by hand').waitFor();
    await popup.getByRole('textbox', { name: 'Note for the journal' }).fill('refunded at the bank');
    await popup.locator('button[type=submit].strong').click();
    await popup.locator('.standing .status.failed').waitFor();

    const entry = popup.locator('.entry.by-person');
    expect(await entry.innerText()).toContain('refunded at the bank');
    expect(await entry.innerText()).toContain('by ada');
    await popup.close();
    await opened.page.reload();
    await opened.untilStatus('failed');
    await opened.close();
  });
});
