import { afterEach, describe, expect, it } from '@jest/globals';
import { SagaOperationsModule } from '../src/index.js';
import type { SagaOperationsOptions } from '../src/index.js';
import { OrderContext } from './support/order-saga.js';
import { closePages, openPage, staffOf, StaffGuard } from './support/open-page.js';

afterEach(closePages);

describe('SagaOperationsModule.forRoot', () => {
  it.each<[string, SagaOperationsOptions, string]>([
    ['without a guard', { actor: staffOf }, 'guard is missing'],
    ['with an empty list of guards', { guard: [], actor: staffOf }, 'guard is missing'],
    ['without a name for the person', { guard: StaffGuard }, 'actor is missing'],
    [
      'with a path that is a pattern',
      { guard: StaffGuard, actor: staffOf, path: 'ops/:id' },
      'path is "ops/:id"',
    ],
    ['with something that is no guard', { guard: {} as never, actor: staffOf }, 'guard is an object'],
    [
      'with an unknown option',
      { gaurd: StaffGuard } as never,
      'gaurd is not an option (did you mean guard?)',
    ],
  ])('refuses to boot %s, and says what to do', (_title, options, problem) => {
    expect(() => SagaOperationsModule.forRoot(options)).toThrow(problem);
  });

  it.each<[string, SagaOperationsOptions]>([
    ['a guard and an actor', { guard: StaffGuard, actor: staffOf }],
    ['a guard and no actor if nobody can act', { guard: StaffGuard, readOnly: true }],
    ['neither, if it says that it is insecure', { insecure: true }],
  ])('accepts %s', (_title, options) => {
    expect(SagaOperationsModule.forRoot(options).module).toBe(SagaOperationsModule);
  });
});

describe.each(['express', 'fastify'] as const)('the page on %s', (platform) => {
  const files = ['page', 'page.js', 'page.css', 'icon.svg'];
  const data = ['api/overview', 'api/sagas', 'api/sagas/00000000-0000-7000-8000-000000000000'];

  it.each([...files, ...data, '../sagas'])('gives nothing of %j to a refused request', async (path) => {
    const { url } = await openPage({ platform });
    const answer = await fetch(url + path, { redirect: 'manual' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({
      message: 'Forbidden resource',
      error: 'Forbidden',
      statusCode: 403,
    });
  });

  it.each([undefined, 'internal/api'])('is complete with the prefix %j', async (prefix) => {
    const { url } = await openPage({ platform, ...(prefix === undefined ? {} : { prefix }) });
    const types: (string | null)[] = [];
    for (const file of files) {
      const answer = await fetch(url + file, { headers: { 'x-staff': 'ada' } });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      types.push(answer.headers.get('content-type'));
    }
    expect(types.map((type) => type?.split(';')[0])).toEqual([
      'text/html',
      'text/javascript',
      'text/css',
      'image/svg+xml',
    ]);
  });

  it('is sent with a policy that allows nothing inline and nothing from elsewhere', async () => {
    const { url } = await openPage({ platform });
    const { headers } = await fetch(`${url}page`, { headers: { 'x-staff': 'ada' } });
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it('leads from the address without a slash to the page, relative to the address that the browser knows', async () => {
    const { url } = await openPage({ platform });
    const answer = await fetch(url.slice(0, -1), { headers: { 'x-staff': 'ada' }, redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, './sagas/page']);
  });

  it('answers 404 for a file that does not exist', async () => {
    const { url } = await openPage({ platform });
    const answer = await fetch(`${url}no-such-file`, { headers: { 'x-staff': 'ada' } });
    expect(answer.status).toBe(404);
  });

  it('gives the data of a saga without its values', async () => {
    const { url, sagas } = await openPage({ platform });
    const handle = await sagas.start(new OrderContext('book'), { key: 'cart-1' });
    await handle.outcome();
    const answer = await fetch(`${url}api/sagas/${handle.sagaId}`, { headers: { 'x-staff': 'ada' } });
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({
      row: { saga: 'order', key: 'cart-1', status: 'completed' },
      seq: 3,
    });
    expect(text).not.toContain('4111');
    const again = await fetch(
      `${url}api/sagas/${handle.sagaId}?mark=${(JSON.parse(text) as { mark: string }).mark}`,
      {
        headers: { 'x-staff': 'ada' },
      },
    );
    expect(again.status).toBe(204);
  });
});
