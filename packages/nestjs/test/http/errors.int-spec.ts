import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Body, Controller, Get, Param, Post, Query, UseFilters } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SagaExceptionFilter, SagaModule, SagaOperator, SagaOrchestrator } from '../../src/index.js';
import type { SagaListStrings } from '../../src/index.js';
import { silent } from '../open-app.js';
import { OrderContext, orderProviders } from '../order-saga.js';

@Controller('orders')
@UseFilters(SagaExceptionFilter)
class OrdersController {
  constructor(
    private readonly sagas: SagaOrchestrator,
    private readonly operator: SagaOperator,
  ) {}

  @Post()
  async place(@Body() { item, key }: { readonly item: string; readonly key: string }) {
    const handle = await this.sagas.start(new OrderContext(item), { key });
    await handle.outcome();
    return { sagaId: handle.sagaId };
  }

  @Get()
  async list(@Query() query: SagaListStrings) {
    return (await this.operator.list(query)).sagas.map(({ sagaId }) => sagaId);
  }

  @Get(':sagaId/history')
  async history(@Param('sagaId') sagaId: string) {
    return this.sagas.history(sagaId);
  }

  @Post(':sagaId/cancel')
  async cancel(@Param('sagaId') sagaId: string) {
    await this.sagas.cancel(sagaId, 'changed my mind');
  }

  @Get('broken')
  broken() {
    throw new Error('no error of the sagas');
  }
}

describe('errors of the sagas over HTTP', () => {
  let app: INestApplication | undefined;
  afterEach(() => app?.close());

  it('are answered with the status that they mean', async () => {
    const send = await open();
    const { sagaId } = (await send('POST', '', { item: 'book', key: 'cart-1' })).body as { sagaId: string };
    const unknown = '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41';
    const answers = [
      await send('GET', '/1/history'),
      await send('GET', `/${unknown}/history`),
      await send('POST', `/${sagaId}/cancel`),
      await send('POST', '', { item: 'pen', key: 'cart-1' }),
      await send('GET', '?limit=many'),
    ];
    expect(answers).toMatchObject([
      { status: 400, body: { statusCode: 400, code: 'SAGA_INVALID_ARGUMENT' } },
      { status: 404, body: { code: 'SAGA_NOT_FOUND', message: expect.stringContaining(unknown) } },
      { status: 409, body: { code: 'SAGA_STATUS_REFUSED' } },
      { status: 422, body: { code: 'SAGA_CONFLICT' } },
      { status: 400, body: { code: 'SAGA_INVALID_ARGUMENT' } },
    ]);
    expect(await send('GET', '?limit=20&from=2020-01-01&order=oldest')).toEqual({
      status: 200,
      body: [sagaId],
    });
    expect(await send('GET', '/broken')).toMatchObject({
      status: 500,
      body: { message: 'Internal server error' },
    });
  });

  async function open() {
    const testing = await Test.createTestingModule({
      imports: [SagaModule.forRoot()],
      controllers: [OrdersController],
      providers: [...orderProviders],
    })
      .setLogger(silent)
      .compile();
    app = testing.createNestApplication();
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    return async (method: string, path: string, body?: object) => {
      const response = await fetch(`http://127.0.0.1:${port}/orders${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
    };
  }
});
