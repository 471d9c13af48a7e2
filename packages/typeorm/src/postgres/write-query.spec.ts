import type { PostgresClient, Submittable, WireConnection } from './postgres-client.js';
import { writeClient, WriteQuery } from './write-query.js';

const statement = { name: 'append', text: 'INSERT …' };
const options = { preparedName: 'saga.append.0', deadlineMs: 10_000 };

/** A client that hands its connection to each query, as the driver does, and keeps what was sent. */
function fakeClient(prepared: Readonly<Record<string, string>> = {}) {
  const sent: unknown[] = [];
  const queries: WriteQuery[] = [];
  const connection: WireConnection = {
    parsedStatements: prepared,
    stream: { cork: () => sent.push('cork'), uncork: () => sent.push('uncork') },
    parse: (parsed) => sent.push(['parse', parsed]),
    bind: (portal) => sent.push(['bind', portal]),
    execute: (portal) => sent.push(['execute', portal]),
    sync: () => sent.push('sync'),
  };
  const query = (submitted: Submittable): void => {
    submitted.submit(connection);
    if (submitted instanceof WriteQuery) queries.push(submitted);
  };
  return { client: { query, connection } as unknown as PostgresClient, sent, queries };
}

describe('a write', () => {
  it('is parsed, bound and executed in one packet, and asks for no description', () => {
    const { client, sent, queries } = fakeClient();
    void writeClient(client, statement, ['a', 1, undefined, Buffer.from('b')], options);
    expect(sent).toEqual([
      'cork',
      ['parse', { name: 'saga.append.0', text: 'INSERT …' }],
      ['bind', { statement: 'saga.append.0', values: ['a', '1', null, Buffer.from('b')] }],
      ['execute', { rows: 0 }],
      'sync',
      'uncork',
    ]);
    queries[0]?.handleReadyForQuery();
  });

  it.each([
    [[{ ids: 'a,b' }], { rowCount: 1, text: 'a,b' }],
    [[{ ids: null }], { rowCount: 1, text: null }],
    [[], { rowCount: 0, text: undefined }],
  ])("goes through the driver's own query where its inside is not to be seen: %j", async (rows, answer) => {
    const asked: unknown[] = [];
    const query = (config: unknown) => {
      asked.push(config);
      return Promise.resolve({ rows, rowCount: rows.length });
    };
    const client = { query } as unknown as PostgresClient;
    await expect(writeClient(client, statement, ['a', 1], options)).resolves.toEqual(answer);
    expect(asked).toMatchObject([{ name: 'saga.append.0', text: 'INSERT …', values: ['a', '1'] }]);
  });

  it('is not parsed where its connection has prepared it', () => {
    const { client, sent, queries } = fakeClient({ 'saga.append.0': 'INSERT …' });
    void writeClient(client, statement, [], options);
    expect(sent).not.toContainEqual(['parse', expect.anything()]);
    queries[0]?.handleReadyForQuery();
  });

  it('is parsed each time where it has no name', () => {
    const { client, sent, queries } = fakeClient({ 'saga.append.0': 'INSERT …' });
    void writeClient(client, statement, [], { ...options, preparedName: undefined });
    expect(sent).toContainEqual(['parse', { name: undefined, text: 'INSERT …' }]);
    queries[0]?.handleReadyForQuery();
  });

  it.each([
    ['INSERT 0 1', undefined, { rowCount: 1, text: undefined }],
    ['UPDATE 0', undefined, { rowCount: 0, text: undefined }],
    ['SELECT 1', 'a,b', { rowCount: 1, text: 'a,b' }],
    ['SELECT 1', null, { rowCount: 1, text: null }],
  ])(
    'that ends with "%s" and the row %p answers so once the connection is ready',
    async (tag, row, answer) => {
      const { client, queries } = fakeClient();
      const written = writeClient(client, statement, [], options);
      if (row !== undefined) queries[0]?.handleDataRow({ fields: [row] });
      queries[0]?.handleCommandComplete({ text: tag });
      queries[0]?.handleReadyForQuery();
      await expect(written).resolves.toEqual(answer);
    },
  );

  it('rejects with what the server says', async () => {
    const { client, queries } = fakeClient();
    const written = writeClient(client, statement, [], options);
    const refused = Object.assign(new Error('refused'), { code: '23505' });
    queries[0]?.handleError(refused);
    await expect(written).rejects.toBe(refused);
  });

  it.each(['resolves', 'rejects'] as const)('ends the timeout of the driver where it %s', async (how) => {
    const { client, queries } = fakeClient();
    const written = writeClient(client, statement, [], options);
    let isEnded = false;
    if (queries[0] !== undefined) queries[0].callback = () => (isEnded = true);
    if (how === 'resolves') queries[0]?.handleReadyForQuery();
    else queries[0]?.handleError(new Error('refused'));
    await written.catch(() => undefined);
    expect(isEnded).toBe(true);
  });

  it('with a value that cannot travel is refused before anything is sent', async () => {
    const { client, sent } = fakeClient();
    await expect(writeClient(client, statement, [{}], options)).rejects.toThrow(TypeError);
    expect(sent).toEqual([]);
  });
});
