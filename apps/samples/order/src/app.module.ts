import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { SagaModule, SagaOrchestrator } from '@nest-saga/nestjs';
import { typeOrmSagaStorage } from '@nest-saga/typeorm';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChargeStep, OrderContext, OrderSaga, ReserveStep, ShipStep, Shop } from './order.saga.js';

@Controller()
class OrdersController {
  constructor(
    private readonly sagas: SagaOrchestrator,
    private readonly shop: Shop,
  ) {}

  @Post('orders')
  async place(@Body() { item, cents }: { readonly item: string; readonly cents: number }) {
    const handle = await this.sagas.start(new OrderContext(item, cents));
    const { sagaId, status, failure } = await handle.outcome();
    return { sagaId, status, reason: failure?.message };
  }

  @Get('effects')
  effects(): readonly string[] {
    return this.shop.list();
  }
}

const url = process.env['DATABASE_URL'];
const sagas =
  url === undefined
    ? [SagaModule.forRoot()]
    : [
        TypeOrmModule.forRoot({ type: 'postgres', url }),
        SagaModule.forRoot({ storage: typeOrmSagaStorage() }),
      ];

@Module({
  imports: sagas,
  controllers: [OrdersController],
  providers: [OrderSaga, ReserveStep, ChargeStep, ShipStep, Shop],
})
export class AppModule {}
