import { Body, Controller, Get, HttpCode, Module, Param, Post } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import {
  approval,
  days,
  Saga,
  SagaExceptionFilter,
  SagaModule,
  SagaOperator,
  SagaOrchestrator,
  SagaStep,
  type SagaStepHandler,
} from '@nest-saga/nestjs';

class RefundContext {
  constructor(
    readonly cents: number,
    readonly requestedBy: string,
  ) {}
}

@SagaStep('pay-back')
class PayBackStep implements SagaStepHandler<RefundContext> {
  async act({ cents }: RefundContext): Promise<string> {
    return `${cents} cents paid back`;
  }
  async compensate(): Promise<void> {}
}

@Saga(RefundContext, {
  name: 'refund',
  steps: [
    approval('big-refund', {
      timeoutMs: days(2),
      onTimeout: 'compensate',
      roles: ['finance'],
      title: ({ cents, requestedBy }) => `Refund ${cents / 100} EUR for ${requestedBy}`,
      notBy: ({ requestedBy }) => requestedBy,
    }),
    PayBackStep,
  ],
})
class RefundSaga {}

interface Decision {
  readonly decision: 'approved' | 'rejected';
  readonly actor: string;
  readonly note?: string;
}

@Controller()
class RefundsController {
  constructor(
    private readonly sagas: SagaOrchestrator,
    private readonly operator: SagaOperator,
  ) {}

  @Post('refunds')
  async request(@Body() { cents, requestedBy }: RefundContext) {
    const { sagaId } = await this.sagas.start(new RefundContext(cents, requestedBy));
    return { sagaId };
  }

  @Get('approvals')
  async list() {
    const { approvals } = await this.operator.listApprovals({ role: 'finance' });
    return approvals.map(({ sagaId, title }) => ({ sagaId, title }));
  }

  @Post('approvals/:sagaId')
  @HttpCode(204)
  async decide(@Param('sagaId') sagaId: string, @Body() decision: Decision) {
    await this.operator.decide(sagaId, 'big-refund', { ...decision, roles: ['finance'] });
  }

  @Get('refunds/:sagaId')
  async show(@Param('sagaId') sagaId: string) {
    const saga = await this.sagas.find(sagaId);
    return { status: saga?.status, reason: saga?.failure?.message };
  }
}

@Module({
  imports: [SagaModule.forRoot()],
  controllers: [RefundsController],
  providers: [RefundSaga, PayBackStep, { provide: APP_FILTER, useClass: SagaExceptionFilter }],
})
export class AppModule {}
