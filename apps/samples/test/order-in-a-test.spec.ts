import { Test } from '@nestjs/testing';
import { minutes, SagaOrchestrator } from '@nest-saga/nestjs';
import { SagaTester, SagaTestingModule } from '@nest-saga/testing/nestjs';
import { AppModule } from '../order/src/app.module.js';
import { OrderContext, Shop } from '../order/src/order.saga.js';

describe('the order, in a test of its application', () => {
  const open = async () => {
    const builder = Test.createTestingModule({ imports: [AppModule] });
    const app = await SagaTestingModule.override(builder).compile();
    await app.init();
    return { app, tester: app.get(SagaTester), sagas: app.get(SagaOrchestrator), shop: app.get(Shop) };
  };

  it('charges once although the process dies right after the charge', async () => {
    const { app, tester, sagas, shop } = await open();
    tester.crashAt('charge', 'after-act');
    const { sagaId } = await sagas.start(new OrderContext('book', 1500));
    await tester.advance(minutes(1));
    await tester.expectSaga(sagaId).completed();
    expect(shop.list()).toEqual(['book reserved', '1500 cents charged', 'book shipped']);
    await app.close();
  });

  it('leaves nothing behind if the shipment is refused', async () => {
    const { app, tester, sagas, shop } = await open();
    const { sagaId } = await sagas.start(new OrderContext('piano', 90_000));
    await tester.advance(0);
    await tester.expectSaga(sagaId).undone(['charge', 'reserve']);
    expect(shop.list()).toEqual([]);
    await app.close();
  });
});
