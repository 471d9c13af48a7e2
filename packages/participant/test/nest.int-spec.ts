import { Controller, Headers, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { SagaBarrier } from '../src/barrier/saga-barrier.js';
import { commandHeaders, commandOf } from '../src/command/command-headers.js';
import { SagaBarrierModule } from '../src/nest/saga-barrier.module.js';
import type { SagaBarrierModuleOptions } from '../src/nest/saga-barrier.module.js';
import { commandsOfASaga, effectOf, effectsSql } from './commands.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

@Controller()
class EffectsController {
  constructor(private readonly barrier: SagaBarrier) {}

  @Post('effects')
  do(@Headers() headers: Record<string, string>) {
    const command = commandOf(headers);
    return this.barrier.run(command, effectOf(command));
  }
}

/** A feature of an application, with a barrier of its own. */
function featureWith(options?: SagaBarrierModuleOptions) {
  @Module({ imports: [SagaBarrierModule.forFeature(options)], controllers: [EffectsController] })
  class EffectsModule {}
  return EffectsModule;
}

describe('SagaBarrierModule', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  const open = async (name: string | undefined, options?: SagaBarrierModuleOptions) => {
    const named = name === undefined ? {} : { name };
    const testing = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({ type: 'postgres', url: database.url, ...named }),
        featureWith(options),
      ],
    }).compile();
    const app = testing.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    return app;
  };

  it.each<[string, string | undefined, SagaBarrierModuleOptions | undefined]>([
    ['the data source without a name', undefined, undefined],
    ['one with a name', 'payments', { dataSource: getDataSourceToken('payments'), schema: 'pay' }],
  ])('lets a controller answer commands over HTTP, on %s', async (_title, name, options) => {
    const app = await open(name, options);
    const { act } = commandsOfASaga();
    const url = `${await app.getUrl()}/effects`;
    const post = async (action: 'act' | 'compensate') => {
      const keys = { idempotencyKey: `${act.sagaId}:charge:${action}`, fencingToken: 1 };
      const actIdempotencyKey = action === 'act' ? undefined : act.id;
      const headers = commandHeaders({ sagaId: act.sagaId, actIdempotencyKey, ...keys });
      const response = await fetch(url, { method: 'POST', headers });
      return { status: response.status, body: JSON.parse((await response.text()) || 'null') as unknown };
    };

    const first = await post('act');
    expect(first).toEqual({ status: 201, body: { effect: expect.any(Number) } });
    expect(await post('act')).toEqual(first);
    expect(await post('compensate')).toMatchObject({ status: 201 });
    expect(await post('act')).toMatchObject({ status: 410, body: { code: 'SAGA_ACT_REFUSED' } });
    expect(await database.query(effectsSql, [act.sagaId])).toHaveLength(2);
    const missing = await fetch(url, { method: 'POST' });
    expect(missing.status).toBe(400);
    expect(await missing.json()).toMatchObject({
      code: 'SAGA_COMMAND_INVALID',
      message: expect.stringContaining('the header saga-id is missing'),
    });
    await app.close();
  });

  it('takes a data source as it is', async () => {
    const app = await open('other', { dataSource: await database.connect() });
    const { act } = commandsOfASaga();
    const barrier = app.get(SagaBarrier, { strict: false });
    expect(await barrier.run(act, effectOf(act))).toBeDefined();
    await app.close();
  });

  it('refuses a start without the table if it must not create it', async () => {
    await expect(open(undefined, { migrations: 'check' })).rejects.toMatchObject({
      code: 'SAGA_PARTICIPANT_TABLE',
    });
  });
});
